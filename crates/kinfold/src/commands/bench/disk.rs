//! The machine's own `fdatasync`, for comparison in the same run.

use std::{
    fs::{File, OpenOptions},
    io::{Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use anyhow::anyhow;

use super::{quantile, sorted};

/// A preallocated, zero-filled file, into which 600 bytes at a time are written, each time with an `fdatasync`.
struct Probe {
    file: File,
    path: PathBuf,
    written: usize,
}

impl Probe {
    const SIZE: usize = 16 << 20;
    const RECORD: [u8; 600] = [7; 600];

    fn new(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("fdatasync.probe");
        let mut file = OpenOptions::new().create(true).truncate(true).write(true).open(&path)?;
        file.write_all(&vec![0; Self::SIZE])?;
        file.sync_all()?;
        file.seek(SeekFrom::Start(0))?;
        Ok(Self { file, path, written: 0 })
    }

    /// One write; answers its seconds.
    fn once(&mut self) -> anyhow::Result<f64> {
        if self.written + Self::RECORD.len() > Self::SIZE {
            self.file.seek(SeekFrom::Start(0))?;
            self.written = 0;
        }
        let began = Instant::now();
        self.file.write_all(&Self::RECORD)?;
        self.file.sync_data()?;
        self.written += Self::RECORD.len();
        Ok(began.elapsed().as_secs_f64())
    }

    fn end(self, samples: Vec<f64>) -> anyhow::Result<Vec<f64>> {
        std::fs::remove_file(self.path)?;
        Ok(sorted(samples))
    }
}

/// The median time in seconds of one of them, one after the other.
pub(super) fn fdatasync_p50(folder: &Path, lasting: Duration) -> anyhow::Result<f64> {
    let (mut probe, mut samples, began) = (Probe::new(folder)?, Vec::new(), Instant::now());
    while began.elapsed() < lasting {
        samples.push(probe.once()?);
    }
    Ok(quantile(&probe.end(samples)?, 0.5))
}

/// A hundred of them a second, while something else is measured: what the disk itself makes anybody wait meanwhile.
pub(super) struct Meanwhile {
    thread: JoinHandle<anyhow::Result<Vec<f64>>>,
    stopped: Arc<AtomicBool>,
}

impl Meanwhile {
    pub(super) fn start(folder: &Path) -> anyhow::Result<Self> {
        let (mut probe, stopped) = (Probe::new(folder)?, Arc::new(AtomicBool::new(false)));
        let until = Arc::clone(&stopped);
        let thread = std::thread::spawn(move || {
            let mut samples = Vec::new();
            while !until.load(Ordering::Relaxed) {
                samples.push(probe.once()?);
                std::thread::sleep(Duration::from_millis(10));
            }
            probe.end(samples)
        });
        Ok(Self { thread, stopped })
    }

    /// Their seconds, sorted.
    pub(super) fn stop(self) -> anyhow::Result<Vec<f64>> {
        self.stopped.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| anyhow!("the disk could not be watched"))?
    }
}
