Outer.inner
class Outer:
    """a
    def inner(): """
    @x
    async def inner(self, a=(1,
        2)):
        pass
