//! The real medium: a folder of the file system.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::media::{Media, MediaFile};

/// A folder of the file system, made when it doesn't exist.
#[derive(Clone, Debug)]
pub struct FolderMedia {
    root: PathBuf,
}

impl FolderMedia {
    /// The folder at this path.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }
}

impl Media for FolderMedia {
    fn lock(&self) -> io::Result<Box<dyn Send + Sync>> {
        fs::create_dir_all(&self.root)?;
        let file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(self.path("lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Box::new(file)),
            Err(TryLockError::WouldBlock) => Err(io::ErrorKind::WouldBlock.into()),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(self.path(folder)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    }

    fn open(&self, path: &str) -> io::Result<Arc<dyn MediaFile>> {
        Ok(Arc::new(FolderFile(File::open(self.path(path))?)))
    }

    fn edit(&self, path: &str) -> io::Result<Arc<dyn MediaFile>> {
        let file = File::options().read(true).write(true).open(self.path(path))?;
        Ok(Arc::new(FolderFile(file)))
    }

    fn create(&self, path: &str) -> io::Result<Arc<dyn MediaFile>> {
        let path = self.path(path);
        let create =
            || File::options().create(true).truncate(true).read(true).write(true).open(&path);
        let file = match (create(), path.parent()) {
            (Err(error), Some(parent)) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(parent)?;
                create()?
            }
            (file, _) => file?,
        };
        Ok(Arc::new(FolderFile(file)))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.path(from), self.path(to))
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        let path = self.path(path);
        let removed = match fs::symlink_metadata(&path) {
            Ok(found) if found.is_dir() => fs::remove_dir_all(&path),
            Ok(_) => fs::remove_file(&path),
            Err(error) => Err(error),
        };
        removed.or_else(|error| match error.kind() {
            io::ErrorKind::NotFound => Ok(()),
            _ => Err(error),
        })
    }

    fn sync_folder(&self, folder: &str) -> io::Result<()> {
        let path = self.path(folder);
        for folder in path.ancestors().take_while(|above| above.starts_with(&self.root)) {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }
}

struct FolderFile(File);

impl MediaFile for FolderFile {
    fn length(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn read_at(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        self.0.read_exact_at(bytes, offset)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all_at(bytes, offset)
    }

    fn sync(&self) -> io::Result<()> {
        self.0.sync_data()
    }
}
