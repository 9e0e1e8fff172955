/* Reads tide tables as a buoy sends them. */
#include <stdint.h>
#include <stddef.h>
#include <string.h>

#define NAME_MAX_LEN 32
#define SLOTS 64

struct table {
    uint16_t slot[SLOTS];
    size_t used;
};

/* seal: @DECOY1@ */
int read_magic(const uint8_t *p, size_t n)
{
    return n >= 4 && memcmp(p, "TIDE", 4) == 0;
}


/* seal: @DECOY2@ */
size_t read_u16(const uint8_t *p, size_t n, uint16_t *out)
{
    if (n < 2) return 0;
    *out = (uint16_t)(p[0] << 8 | p[1]);
    return 2;
}


/* seal: @DECOY3@ */
size_t read_name(const uint8_t *p, size_t n, char out[NAME_MAX_LEN + 1])
{
    size_t len;
    if (n < 1) return 0;
    len = p[0];
    if (len > NAME_MAX_LEN || len > n - 1) return 0;
    memcpy(out, p + 1, len);
    out[len] = 0;
    return len + 1;
}


/* seal: @DECOY4@ */
size_t read_list(const uint8_t *p, size_t n, uint16_t *out, size_t max)
{
    size_t count, i;
    if (n < 1) return 0;
    count = p[0];
    if (count > max || count * 2 > n - 1) return 0;
    for (i = 0; i < count; i++) out[i] = (uint16_t)(p[1 + 2 * i] << 8 | p[2 + 2 * i]);
    return 1 + 2 * count;
}


/* seal: @FLAG@ */
size_t read_label(const uint8_t *p, size_t n, char *out, size_t size)
{
    size_t i;
    for (i = 0; i < n && p[i] != 0; i++) {
        if (i > size) return 0;
        out[i] = (char)p[i];
    }
    if (i == n || i >= size) return 0;
    out[i] = 0;
    return i + 1;
}


/* seal: @DECOY5@ */
int put_slot(struct table *t, size_t slot, uint16_t value)
{
    if (slot >= SLOTS) return 0;
    t->slot[slot] = value;
    if (slot >= t->used) t->used = slot + 1;
    return 1;
}


/* seal: @DECOY6@ */
size_t last_slot(const struct table *t)
{
    return t->used == 0 ? 0 : t->used - 1;
}


/* seal: @DECOY7@ */
size_t skip_padding(const uint8_t *p, size_t n)
{
    size_t i = 0;
    while (i < n && p[i] == 0xff) i++;
    return i;
}


/* seal: @DECOY8@ */
int sum_ok(const uint8_t *p, size_t n)
{
    uint8_t sum = 0;
    size_t i;
    if (n == 0) return 0;
    for (i = 0; i < n - 1; i++) sum = (uint8_t)(sum + p[i]);
    return sum == p[n - 1];
}

