//! The guest's first file system: an archive in the kernel's own form, "newc" (the kernel's
//! documentation, "initramfs buffer format").

/// The kind of a folder and of an ordinary file, as `stat(2)` has them.
const FOLDER: u32 = 0o040_000;
const FILE: u32 = 0o100_000;
/// Every part begins at a multiple of this.
const ALIGNED: usize = 4;

/// An archive that is being written.
#[derive(Default)]
pub(super) struct Archive {
    bytes: Vec<u8>,
    count: u32,
}

impl Archive {
    /// An empty folder.
    pub(super) fn folder(&mut self, name: &str) {
        self.entry(name, FOLDER | 0o755, &[]);
    }

    /// A file that may be executed.
    pub(super) fn file(&mut self, name: &str, bytes: &[u8]) {
        self.entry(name, FILE | 0o755, bytes);
    }

    /// The whole archive.
    pub(super) fn end(mut self) -> Vec<u8> {
        self.count = 0;
        self.entry("TRAILER!!!", 0, &[]);
        self.bytes
    }

    fn entry(&mut self, name: &str, mode: u32, bytes: &[u8]) {
        self.count += 1;
        // The kernel reads no file of 4 GiB or more; ours are a thousand times smaller.
        let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let name_size = u32::try_from(name.len() + 1).unwrap_or(u32::MAX);
        // Number, mode, owner, group, names, time, size, four of devices, size of name, checksum.
        let fields = [self.count, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, name_size, 0];
        self.bytes.extend_from_slice(b"070701");
        for field in fields {
            self.bytes.extend_from_slice(format!("{field:08x}").as_bytes());
        }
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.push(0);
        self.align();
        self.bytes.extend_from_slice(bytes);
        self.align();
    }

    fn align(&mut self) {
        let length = self.bytes.len().next_multiple_of(ALIGNED);
        self.bytes.resize(length, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_as_the_kernel_reads_it() {
        let mut archive = Archive::default();
        archive.folder("a");
        archive.file("a/b", b"hello");
        let bytes = archive.end();
        let text = String::from_utf8(bytes.clone()).unwrap();
        let zeros = "0".repeat(8);
        let head = |number: &str, mode: &str, size: &str, name: &str| {
            let devices = zeros.repeat(4);
            format!("070701{number}{mode}{zeros}{zeros}00000001{zeros}{size}{devices}{name}{zeros}")
        };
        let expected = [
            head("00000001", "000041ed", &zeros, "00000002") + "a\0",
            head("00000002", "000081ed", "00000005", "00000004") + "a/b\0\0\0hello\0\0\0",
            head("00000001", &zeros, &zeros, "0000000b") + "TRAILER!!!\0\0\0\0",
        ];
        assert_eq!(text, expected.concat());
        assert_eq!(bytes.len() % ALIGNED, 0);
    }
}
