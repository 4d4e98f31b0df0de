//! A medium in memory that loses power, tears writes, fails and fills up, as real ones do.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::batch::SECTOR;
use crate::media::{Media, MediaFile};

/// A folder in memory. Clones share it.
#[derive(Clone, Default)]
pub struct MemoryMedia {
    disk: Arc<Mutex<Disk>>,
}

type FileId = usize;

#[derive(Default)]
struct Disk {
    files: Vec<FileState>,
    names: BTreeMap<String, FileId>,
    durable_names: BTreeMap<String, FileId>,
    locked: bool,
    faults: Faults,
}

#[derive(Default)]
struct Faults {
    /// Changing calls until the power is cut; later ones fail and change nothing.
    power: Option<u64>,
    write: Option<io::ErrorKind>,
    sync: Option<io::ErrorKind>,
    /// Bytes that all files together may have.
    room: Option<u64>,
    syncs: u64,
}

#[derive(Clone, Default)]
struct FileState {
    durable: Vec<u8>,
    current: Vec<u8>,
    /// Sectors written since the last sync.
    unsynced: BTreeSet<usize>,
}

impl MemoryMedia {
    /// An empty folder.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets so many more changing calls succeed, then cuts the power.
    pub fn cut_power_after(&self, calls: u64) {
        self.disk().faults.power = Some(calls);
    }

    /// What a restart finds: each sector and each name that was not synced is as before or as
    /// after, as `choose` says. The old folder is left to what still runs on it.
    pub fn restart(&self, mut choose: impl FnMut() -> bool) -> Self {
        let disk = self.disk();
        let mut after = Disk { files: disk.files.clone(), ..Disk::default() };
        for file in &mut after.files {
            for sector in std::mem::take(&mut file.unsynced) {
                if choose() {
                    file.keep(sector);
                }
            }
            file.current.clone_from(&file.durable);
        }
        let names: BTreeSet<_> = disk.names.keys().chain(disk.durable_names.keys()).collect();
        for name in names {
            let side = if choose() { &disk.names } else { &disk.durable_names };
            if let Some(id) = side.get(name) {
                after.names.insert(name.clone(), *id);
            }
        }
        after.durable_names.clone_from(&after.names);
        Self { disk: Arc::new(Mutex::new(after)) }
    }

    /// Fails the next write to a segment in use, after which they work again.
    pub fn fail_next_write(&self, kind: io::ErrorKind) {
        self.disk().faults.write = Some(kind);
    }

    /// Fails the next sync of a segment in use, after which they work again.
    pub fn fail_next_sync(&self, kind: io::ErrorKind) {
        self.disk().faults.sync = Some(kind);
    }

    /// Limits what all files together may hold to what they hold now and so many bytes more; `None`
    /// lifts the limit.
    pub fn leave_room(&self, bytes: Option<u64>) {
        let mut disk = self.disk();
        let used = disk.used();
        disk.faults.room = bytes.map(|bytes| used + bytes);
    }

    /// How many syncs of segments in use there were.
    pub fn syncs(&self) -> u64 {
        self.disk().faults.syncs
    }

    /// The paths of all files.
    pub fn paths(&self) -> Vec<String> {
        self.disk().names.keys().cloned().collect()
    }

    /// A file's bytes.
    pub fn bytes(&self, path: &str) -> Option<Vec<u8>> {
        let disk = self.disk();
        Some(disk.files[*disk.names.get(path)?].current.clone())
    }

    /// Replaces a file's bytes, durably: what a tamperer does.
    pub fn tamper(&self, path: &str, bytes: &[u8]) {
        let mut disk = self.disk();
        let state = FileState {
            durable: bytes.to_vec(),
            current: bytes.to_vec(),
            unsynced: BTreeSet::new(),
        };
        let known = disk.names.get(path).copied();
        let id = known.unwrap_or(disk.files.len());
        if known.is_some() {
            disk.files[id] = state;
        } else {
            disk.files.push(state);
        }
        disk.names.insert(path.to_owned(), id);
        disk.durable_names.insert(path.to_owned(), id);
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FileState {
    fn keep(&mut self, sector: usize) {
        let end = ((sector + 1) * SECTOR).min(self.current.len());
        let start = (sector * SECTOR).min(end);
        if self.durable.len() < end {
            self.durable.resize(end, 0);
        }
        self.durable[start..end].copy_from_slice(&self.current[start..end]);
    }
}

impl Disk {
    fn used(&self) -> u64 {
        self.names.values().map(|id| self.files[*id].current.len() as u64).sum()
    }

    /// Whether the file is a segment under its own name, not one in the making.
    fn is_segment(&self, id: FileId) -> bool {
        let segment = |name: &str| name.starts_with("segments/") && name.ends_with("seg");
        self.names.iter().any(|(name, named)| *named == id && segment(name))
    }

    fn change(&mut self) -> io::Result<()> {
        if let Some(calls) = &mut self.faults.power {
            *calls = calls.checked_sub(1).ok_or_else(|| io::Error::other("the power is out"))?;
        }
        Ok(())
    }
}

struct Lock(Arc<Mutex<Disk>>);

impl Drop for Lock {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).locked = false;
    }
}

impl Media for MemoryMedia {
    fn lock(&self) -> io::Result<Box<dyn Send + Sync>> {
        if std::mem::replace(&mut self.disk().locked, true) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        Ok(Box::new(Lock(Arc::clone(&self.disk))))
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let disk = self.disk();
        let below = disk.names.keys().filter_map(|name| name.strip_prefix(&prefix));
        let names: BTreeSet<_> =
            below.map(|rest| rest.split('/').next().unwrap_or(rest).to_owned()).collect();
        Ok(names.into_iter().collect())
    }

    fn open(&self, path: &str) -> io::Result<Arc<dyn MediaFile>> {
        let id = *self.disk().names.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(Arc::new(MemoryFile { disk: Arc::clone(&self.disk), id }))
    }

    fn edit(&self, path: &str) -> io::Result<Arc<dyn MediaFile>> {
        self.open(path)
    }

    fn create(&self, path: &str) -> io::Result<Arc<dyn MediaFile>> {
        let mut disk = self.disk();
        disk.change()?;
        disk.files.push(FileState::default());
        let id = disk.files.len() - 1;
        disk.names.insert(path.to_owned(), id);
        drop(disk);
        self.open(path)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut disk = self.disk();
        disk.change()?;
        let id = disk.names.remove(from).ok_or(io::ErrorKind::NotFound)?;
        disk.names.insert(to.to_owned(), id);
        Ok(())
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        let mut disk = self.disk();
        disk.change()?;
        let folder = format!("{path}/");
        disk.names.retain(|name, _| name != path && !name.starts_with(&folder));
        Ok(())
    }

    fn sync_folder(&self, folder: &str) -> io::Result<()> {
        let mut disk = self.disk();
        disk.change()?;
        let prefix = format!("{folder}/");
        let Disk { names, durable_names, .. } = &mut *disk;
        durable_names.retain(|name, _| !name.starts_with(&prefix));
        let now = names.iter().filter(|(name, _)| name.starts_with(&prefix));
        durable_names.extend(now.map(|(name, id)| (name.clone(), *id)));
        Ok(())
    }
}

struct MemoryFile {
    disk: Arc<Mutex<Disk>>,
    id: FileId,
}

impl MemoryFile {
    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MediaFile for MemoryFile {
    fn length(&self) -> io::Result<u64> {
        Ok(self.disk().files[self.id].current.len() as u64)
    }

    fn read_at(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        let disk = self.disk();
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        let found = disk.files[self.id].current.get(start..start + bytes.len());
        bytes.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut disk = self.disk();
        disk.change()?;
        let in_use = disk.is_segment(self.id);
        if let Some(kind) = disk.faults.write.take_if(|_| in_use) {
            return Err(kind.into());
        }
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        let end = start + bytes.len();
        let grows = end.saturating_sub(disk.files[self.id].current.len()) as u64;
        if grows > 0 && disk.faults.room.is_some_and(|room| disk.used() + grows > room) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let file = &mut disk.files[self.id];
        if file.current.len() < end {
            file.current.resize(end, 0);
        }
        file.current[start..end].copy_from_slice(bytes);
        file.unsynced.extend(start / SECTOR..end.div_ceil(SECTOR));
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let mut disk = self.disk();
        disk.change()?;
        let in_use = disk.is_segment(self.id);
        disk.faults.syncs += u64::from(in_use);
        if let Some(kind) = disk.faults.sync.take_if(|_| in_use) {
            return Err(kind.into());
        }
        let file = &mut disk.files[self.id];
        file.durable.clone_from(&file.current);
        file.unsynced.clear();
        Ok(())
    }
}
