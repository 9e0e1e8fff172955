#!/busybox sh
# The guest's first steps: drivers, the folders that the host shares, and then our own executable
# as the first process. Whatever fails here ends the guest, and its console says why.
set -e
b=/busybox
$b mount -t proc proc /proc
for module in $($b cat /modules/order); do
    $b insmod "/modules/$module"
done
$b mount -t tmpfs -o size=1m,mode=0755 root /new
cd /new
$b mkdir -p proc dev sys/fs/cgroup tmp
options=ro,nosuid,nodev,trans=virtio,version=9p2000.L,msize=512000,cache=loose,access=any
share() {
    $b mkdir "$1"
    $b mount -t 9p -o "$options" "$1" "$1"
}
for name in guest question usr etc opt; do
    share "$name"
done
number=0
while [ "$number" -lt "${SHARES:-0}" ]; do
    share "share$number"
    number=$((number + 1))
done
for link in bin sbin lib lib32 lib64 libx32; do
    if [ -d "usr/$link" ]; then
        $b ln -s "usr/$link" "$link"
    fi
done
$b umount /proc
$b mount -t proc proc proc
$b mount -t devtmpfs dev dev
$b mount -t cgroup2 groups sys/fs/cgroup
echo "+memory +pids +cpu" > sys/fs/cgroup/cgroup.subtree_control
exec $b env -i PATH=/nowhere $b switch_root /new /guest/seawall __guest
