//! Broken glass, for information governance: who opened what nobody would have let them see, why, and what a review found of it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kinfold_domain::{AskId, Purpose, Subject};
use serde::Serialize;

use super::{
    Ledgers, LinesError, WhoError, WhoLooked, WhoQuestion,
    ledgers::MOST_LOOKS,
    who::{Asked, shown},
};
use crate::{
    caller::Caller,
    exchange::Behind,
    permit::ReviewPermit,
    ports::{Look, LookKind},
    records::{About, Asker, BrokenGlass, Disclosure, Entry, Finding, GlassReview, Intent, Reason},
    release::Release,
};

/// One broken glass, as this agency's ledger has it: by one of its own employees, or by a partner's at this agency's data.
#[derive(Clone, Debug, Serialize)]
pub struct GlassLine {
    /// The ask, as both ledgers know it.
    pub ask: AskId,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Asker,
    /// For which purpose.
    pub purpose: Purpose,
    /// About whom, as typed or chosen.
    pub subject: Subject,
    /// What was opened, and why.
    pub glass: BrokenGlass,
    /// What this agency's review found; `None` while it waits for one.
    pub review: Option<GlassReview>,
}

/// All of them: those that wait for a review, then the others, the newest first.
#[derive(Clone, Debug, Serialize)]
pub struct GlassList {
    /// The ask: this reading of the ledger is in it, too.
    pub ask: AskId,
    /// When.
    pub at: Timestamp,
    /// The lines.
    pub lines: Vec<GlassLine>,
    /// How far the search tables are behind the ledger.
    pub behind: Option<Behind>,
    /// There are older ones than are listed.
    pub more: bool,
}

/// Why a review was not taken down.
#[derive(Debug, thiserror::Error)]
pub enum GlassError {
    /// The ledger may not be read, or can't be.
    #[error(transparent)]
    Who(#[from] WhoError),
    /// No glass was broken under that reference.
    #[error("no glass was broken under that reference")]
    Unknown,
    /// Nobody reviews themselves.
    #[error("you opened it yourself: somebody else reviews it")]
    Own,
    /// It was reviewed before.
    #[error("it was reviewed before")]
    Before,
}

impl WhoLooked {
    /// Lists broken glass: decided, recorded, read from this agency's ledger, recorded as shown.
    #[tracing::instrument(skip_all)]
    pub async fn broken_glass(
        &self,
        caller: &Caller,
        purpose: Purpose,
    ) -> Result<Release<GlassList>, WhoError> {
        let question = WhoQuestion { subject: Subject::default(), purpose };
        let asked = self.asked(caller, &question, "glass-list");
        let due = self.parts.journal.ledger().size();
        let (_, permit, _) = self.permitted(&asked).await?;
        let list = self.parts.ledgers.broken_glass(&permit, &asked, due).await?;
        let about = About {
            subjects: list.lines.iter().map(|line| line.subject.clone()).collect(),
            ..About::default()
        };
        let shown = shown(&asked, about, Vec::new());
        Ok(Release::record(&self.parts.journal, list, shown).await?)
    }

    /// Takes a review down, by name. Each broken glass is reviewed once, and by nobody who broke it.
    #[tracing::instrument(skip_all)]
    pub async fn review_glass(
        &self,
        caller: &Caller,
        (purpose, ask): (Purpose, AskId),
        (finding, words): (Finding, Reason),
    ) -> Result<(), GlassError> {
        let question = WhoQuestion { subject: Subject::default(), purpose };
        let asked = self.asked(caller, &question, "glass-list");
        let due = self.parts.journal.ledger().size();
        let (_, permit, _) = self.permitted(&asked).await?;
        let list = self.parts.ledgers.broken_glass(&permit, &asked, due).await;
        let lines = list.map_err(WhoError::from)?.lines;
        let line = lines.iter().find(|line| line.ask == ask).ok_or(GlassError::Unknown)?;
        let by = Asker::from(caller.employee());
        if line.by.agency == by.agency && line.by.employee == by.employee {
            return Err(GlassError::Own);
        }
        if line.review.is_some() {
            return Err(GlassError::Before);
        }
        let review = GlassReview { ask, at: asked.at, by, finding, words };
        let recorded = self.parts.journal.record(Entry::GlassReviewed(Box::new(review))).await;
        recorded.map(drop).map_err(|error| WhoError::from(error).into())
    }
}

impl Ledgers {
    async fn broken_glass(
        &self,
        _permit: &ReviewPermit,
        asked: &Asked<'_>,
        due: u64,
    ) -> Result<GlassList, LinesError> {
        let behind = self.behind(due).await?;
        let mut looks = self.store.by_keys(&[self.keys.glass()], MOST_LOOKS).await?;
        looks.sort_by_key(|look| look.index);
        let mut lines: BTreeMap<AskId, GlassLine> = BTreeMap::new();
        for look in &looks {
            self.take(look, &mut lines)?;
        }
        let more = lines.len() >= MOST_LOOKS as usize;
        let mut lines: Vec<GlassLine> = lines.into_values().collect();
        lines.sort_by_key(|line| (line.review.is_some(), std::cmp::Reverse(line.at)));
        Ok(GlassList { ask: asked.ask, at: asked.at, lines, behind, more })
    }

    /// Entries come in the ledger's order: what was broken before its review, and of two reviews the first counts.
    fn take(&self, look: &Look, lines: &mut BTreeMap<AskId, GlassLine>) -> Result<(), LinesError> {
        if !matches!(look.kind, LookKind::Intent | LookKind::Disclosure | LookKind::GlassReview) {
            return Ok(());
        }
        let line = match self.journal.read(look.index)? {
            Some(Entry::Intent(intent)) => {
                let Intent { at, asker, purpose, subject, glass, .. } = *intent;
                glass.map(|glass| (at, asker, purpose, subject, glass))
            }
            Some(Entry::Disclosure(told)) => {
                let Disclosure { at, asker, purpose, subject, glass, .. } = *told;
                glass.map(|glass| (at, asker, purpose, subject, glass))
            }
            Some(Entry::GlassReviewed(review)) => {
                if let Some(line) = lines.get_mut(&review.ask) {
                    line.review.get_or_insert(*review);
                }
                None
            }
            _ => None,
        };
        if let Some((at, by, purpose, subject, glass)) = line {
            let (ask, review) = (look.ask, None);
            lines.insert(ask, GlassLine { ask, at, by, purpose, subject, glass, review });
        }
        Ok(())
    }
}
