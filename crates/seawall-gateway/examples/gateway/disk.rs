//! What the disk itself costs: a line appended and synced, again and again.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

/// How many lines are synced.
const LINES: usize = 2000;
/// About what the journal writes for a request.
const LINE_BYTES: usize = 900;

/// The median time of one append with its `fdatasync`, in microseconds.
pub fn sync_micros(folder: &Path) -> f64 {
    let path = folder.join("disk");
    let mut file = OpenOptions::new().create(true).append(true).open(&path).unwrap();
    let mut taken: Vec<f64> = (0..LINES)
        .map(|_| {
            let begun = Instant::now();
            file.write_all(&[b'x'; LINE_BYTES]).unwrap();
            file.sync_data().unwrap();
            begun.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    taken.sort_by(f64::total_cmp);
    std::fs::remove_file(path).unwrap();
    taken[LINES / 2]
}
