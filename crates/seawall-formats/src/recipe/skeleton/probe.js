// Hands one input to the target; the trigger gives the attack's, the control a benign one.
const fs = require('fs')
const target = require('/target')

let data = fs.readFileSync(process.argv[2], 'utf8')
@PREPARE@
// FILL IN: hand `data` to the target, such as target.parse(data).

@SHOW@
