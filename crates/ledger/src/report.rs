//! What a verification found.

use crate::error::Damage;
use crate::tree::Hash;

/// The most findings that are kept word by word.
const MAX_FINDINGS: usize = 100;

/// How far a verification has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Progress {
    /// Entries verified so far.
    pub entries: u64,
    /// Segment files finished so far.
    pub segments: u64,
    /// Segment files in all, prepared empty ones included.
    pub of_segments: u64,
}

/// One thing that is not as it should be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Finding {
    /// Something acknowledged is altered or missing.
    Wrong {
        /// Where, and what.
        damage: Damage,
        /// The entry that is concerned, if it is one.
        index: Option<u64>,
    },
    /// A batch that a crash cut short before anything in it was acknowledged. The next start clears
    /// it away.
    Unfinished(Damage),
}

/// The outcome of verifying a whole log.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Report {
    pub(crate) size: u64,
    pub(crate) root: Option<Hash>,
    pub(crate) batches: u64,
    pub(crate) erased: u64,
    pub(crate) opened: u64,
    pub(crate) findings: Vec<Finding>,
    pub(crate) more: u64,
}

impl Report {
    /// Whether everything acknowledged is there and right.
    pub fn is_sound(&self) -> bool {
        self.more == 0 && !self.findings.iter().any(|f| matches!(f, Finding::Wrong { .. }))
    }

    /// What was found, the first hundred.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// How many findings there were beyond those.
    pub fn more_findings(&self) -> u64 {
        self.more
    }

    /// The entries verified, up to the first damage that nothing behind it can be judged by.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root over them, the same that the last batch's signature covers; `None` without batches.
    pub fn root(&self) -> Option<&Hash> {
        self.root.as_ref()
    }

    /// The batches verified, each with its signature.
    pub fn batches(&self) -> u64 {
        self.batches
    }

    /// The entries whose bodies were erased.
    pub fn erased(&self) -> u64 {
        self.erased
    }

    /// The bodies decrypted and compared with their commitments: 0 without the key.
    pub fn bodies_opened(&self) -> u64 {
        self.opened
    }

    pub(crate) fn add(&mut self, finding: Finding) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(finding);
        } else {
            self.more += 1;
        }
    }

    pub(crate) fn wrong(&mut self, damage: Damage) {
        self.add(Finding::Wrong { damage, index: None });
    }
}
