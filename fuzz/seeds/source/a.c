f
#define X(a) \
  a
static int *f(a, b)
  int a; char b;
{ return '"'; }
void (*g(int))(void) { }
