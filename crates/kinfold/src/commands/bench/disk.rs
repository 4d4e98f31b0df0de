//! The machine's own `fdatasync`, for comparison in the same run.

use std::{
    fs::OpenOptions,
    io::{Seek, SeekFrom, Write},
    path::Path,
    time::{Duration, Instant},
};

use super::{quantile, sorted};

/// The median time in seconds of one 600-byte write with `fdatasync` to a preallocated, zero-filled file.
pub(super) fn fdatasync_p50(folder: &Path, lasting: Duration) -> anyhow::Result<f64> {
    const SIZE: usize = 16 << 20;
    let path = folder.join("fdatasync.probe");
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).open(&path)?;
    file.write_all(&vec![0; SIZE])?;
    file.sync_all()?;
    file.seek(SeekFrom::Start(0))?;
    let (mut samples, began, record) = (Vec::new(), Instant::now(), [7; 600]);
    let mut written = 0;
    while began.elapsed() < lasting {
        if written + record.len() > SIZE {
            file.seek(SeekFrom::Start(0))?;
            written = 0;
        }
        let one = Instant::now();
        file.write_all(&record)?;
        file.sync_data()?;
        samples.push(one.elapsed().as_secs_f64());
        written += record.len();
    }
    std::fs::remove_file(path)?;
    Ok(quantile(&sorted(samples), 0.5))
}
