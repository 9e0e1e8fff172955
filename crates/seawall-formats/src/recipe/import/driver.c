/* Feeds each file that it is given to LLVMFuzzerTestOneInput, once: what a fuzzing engine does
   when it is asked to repeat one input. */

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
__attribute__((weak)) int LLVMFuzzerInitialize(int *count, char ***words);
__attribute__((weak)) size_t LLVMFuzzerMutate(uint8_t *bytes, size_t length, size_t room);

/* Leaks are another flaw, and a sandbox does not let their detector look. */
__attribute__((weak)) const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t length, size_t room)
{
    (void)bytes;
    (void)room;
    return length;
}

static uint8_t *read_whole(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes;
    long end;

    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (end = ftell(file)) < 0)
        return NULL;
    rewind(file);
    *length = (size_t)end;
    /* Exactly as much as there is, so that reading beyond it is seen. */
    bytes = malloc(*length > 0 ? *length : 1);
    if (bytes == NULL || fread(bytes, 1, *length, file) != *length)
        return NULL;
    fclose(file);
    return bytes;
}

int main(int count, char **words)
{
    int at;

    if (LLVMFuzzerInitialize)
        LLVMFuzzerInitialize(&count, &words);
    for (at = 1; at < count; at++) {
        size_t length = 0;
        uint8_t *bytes = words[at][0] == '-' ? NULL : read_whole(words[at], &length);
        uint8_t *exact;
        if (bytes == NULL) {
            fprintf(stderr, "cannot read %s\n", words[at]);
            return 2;
        }
        exact = malloc(length);
        if (length > 0 && exact != NULL)
            memcpy(exact, bytes, length);
        LLVMFuzzerTestOneInput(exact, length);
        free(exact);
        free(bytes);
    }
    return 0;
}
