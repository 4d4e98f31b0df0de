//! The custodian's list of what others say is wrong.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use kinfold_agreement::Question;
use kinfold_domain::{AskId, Categories, Category, RegisterEntry, Subject};
use serde::Serialize;

use super::desk::{Corrections, HeardCorrection};
use crate::{
    attendances::ListError,
    caller::Caller,
    permit::{Evidence, Permit, granted},
    records::{About, AskKind, Asker, Entry, Intent, Refusal, Shown},
    register::release,
    release::Release,
};

/// One line.
#[derive(Clone, Debug, Serialize)]
pub struct CorrectionRow {
    /// What was said.
    pub heard: HeardCorrection,
    /// The entry, as it stands now.
    pub entry: Option<RegisterEntry>,
}

/// The list, the oldest first.
#[derive(Clone, Debug, Serialize)]
pub struct CorrectionList {
    /// The ask.
    pub ask: AskId,
    /// When it was put together.
    pub at: Timestamp,
    /// The lines.
    pub rows: Vec<CorrectionRow>,
}

/// What the custodian needs to see of an entry to put it right.
const WANTED: [Category; 3] = [Category::Register, Category::Contact, Category::Demographics];

impl Corrections {
    /// The list: decided, recorded, put together, recorded as shown.
    #[tracing::instrument(skip_all)]
    pub async fn list(&self, caller: &Caller) -> Result<Release<CorrectionList>, ListError> {
        let parts = &self.parts;
        let at = parts.clock.now();
        let ask = AskId(parts.entropy.uuid(at));
        let (employee, own) = (caller.employee(), parts.agreements.own());
        let agreement = parts.agreements.in_force(at)?;
        let wanted = Categories::from(WANTED);
        let decision = agreement.decide(&Question {
            requester: &employee.agency,
            owner: own,
            role: &employee.role,
            purpose: &parts.purpose,
            wanted: &wanted,
            now: at,
        });
        if let Some((_, why)) = decision.refused().next() {
            let reason = why.to_string();
            self.refuse((ask, at), caller, reason.clone()).await?;
            return Err(ListError::Refused(reason));
        }
        let intent = Intent {
            ask,
            at,
            kind: AskKind::Corrections,
            asker: Asker::from(employee),
            purpose: parts.purpose.clone(),
            subject: Subject::default(),
            agreement: agreement.agreement().digest().to_string(),
            granted: BTreeMap::from([(own.clone(), granted(&decision))]),
            glass: None,
        };
        let receipt = Arc::new(parts.journal.record(Entry::Intent(Box::new(intent))).await?);
        let permit = Permit::new(&decision, Evidence::Recorded(receipt));
        let mut rows = Vec::new();
        for heard in parts.store.open_corrections().await? {
            let entry = parts.register.as_ref().zip(permit.as_ref());
            let entry = entry
                .and_then(|(book, permit)| book.entry(permit, &heard.correction.register_entry));
            let entry = entry.map(|entry| release(&entry, |category| wanted.contains(&category)));
            rows.push(CorrectionRow { heard, entry });
        }
        let list = CorrectionList { ask, at, rows };
        let shown = self.shown(caller, &list, wanted);
        Ok(Release::record(&parts.journal, list, shown).await?)
    }

    async fn refuse(
        &self,
        (ask, at): (AskId, Timestamp),
        caller: &Caller,
        reason: String,
    ) -> Result<(), ListError> {
        let parts = &self.parts;
        let refusal = Refusal {
            ask,
            at,
            kind: AskKind::Corrections,
            asker: Some(Asker::from(caller.employee())),
            agency: parts.agreements.own().clone(),
            purpose: Some(parts.purpose.clone()),
            subject: None,
            reason,
        };
        parts.journal.record(Entry::Refusal(Box::new(refusal))).await?;
        Ok(())
    }

    fn shown(&self, caller: &Caller, list: &CorrectionList, categories: Categories) -> Shown {
        let own = self.parts.agreements.own();
        let entries = list.rows.iter().map(|row| &row.heard.correction.register_entry);
        let entries = entries.map(|entry| (own.clone(), entry.clone())).collect();
        Shown {
            ask: list.ask,
            at: list.at,
            kind: AskKind::Corrections,
            asker: Asker::from(caller.employee()),
            purpose: self.parts.purpose.clone(),
            answer: "corrections".to_owned(),
            about: About { entries, ..About::default() },
            shown: BTreeMap::from([(own.clone(), categories)]),
            digest: String::new(),
            sources: Vec::new(),
            partner_proofs: BTreeMap::new(),
        }
    }
}
