//! An agreement's text, read whole: its document, its clauses, and everything that they come to.

use std::sync::Arc;

use kinfold_domain::{AgencyId, Category};

use crate::{
    AgreementDigest, AgreementError, AgreementRef, Clause, Document, Origin, Reading, guard,
    ids::SharedRef, matrix, policy::Policies, reading, table::Table,
};

/// What an agreement says. Reading it proves that it is well formed, and nothing about who signed it.
#[derive(Clone, Debug)]
pub struct Agreement {
    document: Document,
    table: Arc<Table>,
    reference: SharedRef,
}

impl Agreement {
    /// Reads the text without its signatures.
    pub fn parse(text: &str) -> Result<Self, AgreementError> {
        Self::of(Document::parse(text)?, text)
    }

    /// Asks Cedar: by far the dearest part of reading an agreement, so signatures are looked at before.
    pub(crate) fn of(document: Document, text: &str) -> Result<Self, AgreementError> {
        let table = guard::with_room(|| {
            let cedar = &document.policy().cedar;
            Table::compute(&document, Policies::parse(cedar, Origin::Agreement, &document)?)
        })?;
        let table = Arc::new(table);
        let reference = Arc::new(AgreementRef {
            id: document.id().clone(),
            version: document.version(),
            digest: AgreementDigest::of(text),
        });
        Ok(Self { document, table, reference })
    }

    /// Parties, purposes, roles, dates.
    pub const fn document(&self) -> &Document {
        &self.document
    }

    /// Its name, version and digest.
    pub fn reference(&self) -> &AgreementRef {
        &self.reference
    }

    /// SHA-256 of its text.
    pub fn digest(&self) -> AgreementDigest {
        self.reference.digest
    }

    /// The clauses, in the order of the text.
    pub fn clauses(&self) -> &[Arc<Clause>] {
        &self.table.policies.clauses
    }

    /// Whether some role of the requester may see that category of the owner's data for some purpose.
    pub fn permits_any(&self, requester: &AgencyId, owner: &AgencyId, category: Category) -> bool {
        self.table.permits_any(requester, owner, category)
    }

    /// The agreement for people to read; its `Display` is the text for a terminal.
    pub fn plain_language(&self) -> Reading {
        reading::read(&self.document, &self.table, &self.reference)
    }

    /// Role × owner × category × purpose as a text, a block for each role and owner, clauses in the cells.
    pub fn matrix(&self) -> String {
        matrix::render(&self.document, &self.table)
    }

    pub(crate) fn shared_reference(&self) -> SharedRef {
        Arc::clone(&self.reference)
    }

    pub(crate) fn table(&self) -> &Arc<Table> {
        &self.table
    }
}
