/* The part of dir.c that the report is about. */
struct entry { char *name; struct entry *parent; };
struct dir { struct entry *all; size_t count; };

struct entry *dir_add(struct dir *d, char *name, struct entry *parent)
{
    /* line 52 */
    struct entry *all = realloc(d->all, (d->count + 1) * sizeof *all);
    if (all == NULL) return NULL;
    d->all = all;
    all[d->count].name = name;
    all[d->count].parent = parent;
    return &all[d->count++];
}

int dir_read(struct dir *d, struct lines *in)
{
    struct entry *parent = NULL;
    char *line;
    while ((line = next_line(in)) != NULL) {
        /* line 74 */
        struct entry *e = dir_add(d, copy(line), parent);
        if (e == NULL) return 0;
        if (ends_with_slash(line)) parent = e;
    }
    return 1;
}

const char *entry_name(const struct entry *e) { return e->name; /* line 88 */ }

void print_tree(const struct dir *d)
{
    size_t i;
    for (i = 0; i < d->count; i++) {
        const struct entry *p = d->all[i].parent;
        /* line 131 */
        printf("%s in %s\n", d->all[i].name, p ? entry_name(p) : "/");
    }
}
