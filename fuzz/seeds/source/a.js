A.f
// x
class A { static async *f(a = `${b}`) { return /[/]{2}/; } }
const g = (x) => { };
exports.h = function () {};
