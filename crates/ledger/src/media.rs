//! What the log needs of a folder of files: a small port, so that simulations can fail it.

use std::io;
use std::sync::Arc;

/// A folder. Paths are relative, with `/` between parts; parent folders are made as needed.
pub trait Media: Send + Sync {
    /// Takes the folder for this process alone until the result is dropped. Fails with
    /// [`io::ErrorKind::WouldBlock`] when another holds it.
    fn lock(&self) -> io::Result<Box<dyn Send + Sync>>;

    /// The names in a folder, in any order; none when it doesn't exist.
    fn list(&self, folder: &str) -> io::Result<Vec<String>>;

    /// Opens a file to read.
    fn open(&self, path: &str) -> io::Result<Arc<dyn MediaFile>>;

    /// Opens a file to read and overwrite.
    fn edit(&self, path: &str) -> io::Result<Arc<dyn MediaFile>>;

    /// Makes a file, empty even if it existed.
    fn create(&self, path: &str) -> io::Result<Arc<dyn MediaFile>>;

    /// Renames a file, over another if need be, atomically.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file, or a folder with what is in it. What doesn't exist is no error.
    fn remove(&self, path: &str) -> io::Result<()>;

    /// Makes the names in a folder durable, and those of the folder and its parents.
    fn sync_folder(&self, folder: &str) -> io::Result<()>;
}

/// A file. Offsets and lengths are bytes.
pub trait MediaFile: Send + Sync {
    /// The file's length.
    fn length(&self) -> io::Result<u64>;

    /// Fills `bytes` from `offset` on; [`io::ErrorKind::UnexpectedEof`] when the file ends before.
    fn read_at(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()>;

    /// Writes all of `bytes` at `offset`.
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Makes all that was written durable (`fdatasync`).
    fn sync(&self) -> io::Result<()>;
}

/// Reads a whole file of at most `limit` bytes; `None` when it doesn't exist.
pub(crate) fn read_file(media: &dyn Media, path: &str, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match media.open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let length = file.length()?;
    if length > limit {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "the file is longer than it may be",
        ));
    }
    let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    file.read_at(0, &mut bytes)?;
    Ok(Some(bytes))
}

/// Replaces a file at once, so that no reader sees half of it. Not made durable.
pub(crate) fn replace_file(media: &dyn Media, path: &str, bytes: &[u8]) -> io::Result<()> {
    let temporary = format!("{path}.new");
    media.create(&temporary)?.write_at(0, bytes)?;
    media.rename(&temporary, path)
}
