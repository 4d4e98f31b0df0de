//! Broken glass, for information governance: who opened what nobody would have let them see, why, and what a review found of it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kinfold_domain::{AgencyId, AskId, Categories, Purpose, Subject};
use serde::Serialize;

use super::{
    Ledgers, LinesError, WhoError, WhoLooked, WhoQuestion,
    who::{Asked, shown},
};
use crate::{
    caller::Caller,
    exchange::Behind,
    permit::ReviewPermit,
    records::{
        About, Asker, BrokenGlass, Disclosure, Entry, Finding, GlassReview, Intent, Statement,
    },
    release::Release,
};

/// The most of one answer.
const MOST: u32 = 2_000;

/// One broken glass, as this agency's ledger has it: by one of its own employees, or by a partner's at this agency's data.
#[derive(Clone, Debug, Serialize)]
pub struct GlassLine {
    /// The entry's place in this ledger.
    pub index: u64,
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
    /// What was to be opened, and why.
    pub glass: BrokenGlass,
    /// What of it was in fact shown to this agency's own employee. `None` for a partner's: its ledger knows.
    pub shown: Option<BTreeMap<AgencyId, Categories>>,
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
    /// No glass was broken there.
    #[error("no broken glass stands at that place of the ledger")]
    Unknown,
    /// Whether it was reviewed can't be said yet.
    #[error("the newest entries of the ledger are not searched yet: try again in a minute")]
    Behind,
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
        (purpose, index): (Purpose, u64),
        (finding, words): (Finding, Statement),
    ) -> Result<(), GlassError> {
        let question = WhoQuestion { subject: Subject::default(), purpose };
        let asked = self.asked(caller, &question, "glass-list");
        // One after the other: what the one before has recorded is found by the next.
        let _turn = self.reviewing.lock().await;
        let due = self.parts.journal.ledger().size();
        let (_, permit, _) = self.permitted(&asked).await?;
        let list = self.parts.ledgers.broken_glass(&permit, &asked, due).await;
        let GlassList { lines, behind, .. } = list.map_err(WhoError::from)?;
        if behind.is_some() {
            return Err(GlassError::Behind);
        }
        let line = lines.iter().find(|line| line.index == index).ok_or(GlassError::Unknown)?;
        let (ask, by) = (line.ask, Asker::from(caller.employee()));
        if line.by.is(&by) {
            return Err(GlassError::Own);
        }
        if line.review.is_some() {
            return Err(GlassError::Before);
        }
        let review = GlassReview { ask, index, at: asked.at, by, finding, words };
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
        let mut looks = self.store.by_keys(&[self.keys.glass()], MOST + 1).await?;
        let asks: BTreeSet<AskId> = looks.iter().map(|look| look.ask).collect();
        // In the ledger's order: what was broken before what was shown of it, and before its review.
        looks.sort_by_key(|look| look.index);
        let mut lines: BTreeMap<u64, GlassLine> = BTreeMap::new();
        for look in &looks {
            if let Some(entry) = self.journal.read(look.index)? {
                take(&mut lines, (look.index, look.ask), entry);
            }
        }
        let more = asks.len() > MOST as usize;
        let mut lines: Vec<GlassLine> = lines.into_values().collect();
        lines.sort_by_key(|line| (line.review.is_some(), std::cmp::Reverse(line.index)));
        Ok(GlassList { ask: asked.ask, at: asked.at, lines, behind, more })
    }
}

fn take(lines: &mut BTreeMap<u64, GlassLine>, (index, ask): (u64, AskId), entry: Entry) {
    let line = match entry {
        Entry::Intent(intent) => {
            let Intent { at, asker, purpose, subject, glass, .. } = *intent;
            glass.map(|glass| (at, asker, purpose, subject, glass, Some(BTreeMap::new())))
        }
        Entry::Disclosure(told) => {
            let Disclosure { at, asker, purpose, subject, glass, .. } = *told;
            glass.map(|glass| (at, asker, purpose, subject, glass, None))
        }
        Entry::Receipt(receipt) => {
            let of_receipt = |line: &&mut GlassLine| line.ask == ask && line.by.is(&receipt.asker);
            if let Some(line) = lines.values_mut().find(of_receipt) {
                line.shown = line.shown.is_some().then(|| opened(&line.glass, &receipt.shown));
            }
            None
        }
        Entry::GlassReviewed(review) => {
            if let Some(line) = lines.get_mut(&review.index) {
                line.review.get_or_insert(*review);
            }
            None
        }
        _ => None,
    };
    if let Some((at, by, purpose, subject, glass, shown)) = line {
        let review = None;
        lines.insert(
            index,
            GlassLine { index, ask, at, by, purpose, subject, glass, shown, review },
        );
    }
}

/// What was shown of what was to be opened.
fn opened(
    glass: &BrokenGlass,
    shown: &BTreeMap<AgencyId, Categories>,
) -> BTreeMap<AgencyId, Categories> {
    let of_each = glass.opened.iter().filter_map(|(owner, opened)| {
        let both: Categories = shown.get(owner)?.intersection(opened).copied().collect();
        (!both.is_empty()).then(|| (owner.clone(), both))
    });
    of_each.collect()
}
