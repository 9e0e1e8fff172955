/* Hands one input to the target; the trigger gives the attack's, the control a benign one.
   Add the target's own source files to the words of `build`. */
#include <stdio.h>
#include <stdlib.h>

int main(int count, char **words)
{
    static unsigned char room[1 << 20];
    FILE *file = count > 1 ? fopen(words[1], "rb") : NULL;
    size_t length;
    int seen = 0;

    if (file == NULL)
        return 2;
    length = fread(room, 1, sizeof room, file);
    fclose(file);
@PREPARE@
    /* FILL IN: hand `room` and `length` to the target, and set `seen` if the effect is there. */
    (void)length;
    (void)seen;

@SHOW@
    return 0;
}
