//! Work about hand-overs: what the own register's custodian may be handed of other councils' children, decided and recorded with it.

use std::{collections::BTreeMap, sync::Arc};

use kinfold_agreement::{Decision as Ruled, InForce, Question};
use kinfold_domain::{Agency, AgencyId, AgencyKind, Categories, Category, Role, Subject};
use serde::Serialize;

use super::{Custodian, CustodyError, PURPOSE, Work};
use crate::{
    Permit, Release,
    caller::Caller,
    permit::{Evidence, granted},
    records::{About, AskKind, Asker, Entry, Intent, Shown},
    register::Handed,
};

/// What of an entry may be handed over, where the agreement lets it.
const HANDED: [Category; 7] = [
    Category::Existence,
    Category::Register,
    Category::Contact,
    Category::Demographics,
    Category::Address,
    Category::Household,
    Category::Involvement,
];

/// Work about hand-overs that was allowed and recorded.
pub(super) struct Handing<'a> {
    pub(super) work: Work<'a>,
    pub(super) agreement: Arc<InForce>,
    /// What other councils may hand to the caller, by council.
    received: BTreeMap<AgencyId, Permit>,
}

impl Handing<'_> {
    /// What was handed over by a council, as far as the caller may see it.
    pub(super) fn cut(&self, giver: &AgencyId, handed: &Handed) -> Option<Handed> {
        let permit = self.received.get(giver).filter(|permit| permit.allows(Category::Register))?;
        Some(handed.cut(|category| permit.allows(category)))
    }
}

impl Custodian {
    /// Decides and records that somebody is about to work on hand-overs.
    pub(super) async fn begin_handing<'a>(
        &self,
        caller: &'a Caller,
        subject: Subject,
    ) -> Result<Handing<'a>, CustodyError> {
        let allowed = self.allow(caller, &subject).await?;
        let own = self.parts.agreements.own().clone();
        let agreement = Arc::clone(&allowed.agreement);
        let ruled: BTreeMap<AgencyId, Ruled> = councils(&agreement)
            .map(|council| {
                let terms = (&caller.employee().role, &allowed.purpose);
                let ruled = receiving(&agreement, (&own, &council.id), terms, allowed.at);
                (council.id, ruled)
            })
            .filter(|(_, ruled)| ruled.permits(Category::Register))
            .collect();
        let mut all = BTreeMap::from([(own, granted(&allowed.ruled))]);
        all.extend(ruled.iter().map(|(giver, ruled)| (giver.clone(), granted(ruled))));
        let intent = Intent {
            ask: allowed.ask,
            at: allowed.at,
            kind: AskKind::RegisterWork,
            asker: Asker::from(caller.employee()),
            purpose: allowed.purpose.clone(),
            subject,
            agreement: agreement.agreement().digest().to_string(),
            granted: all,
            glass: None,
        };
        let (work, receipt) = self.recorded_with(allowed, Entry::Intent(Box::new(intent))).await?;
        let permits = ruled.into_iter().filter_map(|(giver, ruled)| {
            let permit = Permit::new(&ruled, Evidence::Recorded(Arc::clone(&receipt)))?;
            Some((giver, permit))
        });
        Ok(Handing { work, agreement, received: permits.collect() })
    }

    /// What the custodian of another council may be handed of this register.
    pub(super) fn may_hand_over(&self, handing: &Handing<'_>, taker: &AgencyId) -> Ruled {
        let role: &Role = &handing.work.caller.employee().role;
        let between = (taker, self.parts.agreements.own());
        receiving(&handing.agreement, between, (role, &handing.work.purpose), handing.work.at)
    }

    /// The councils whose custodian may be handed entries of this register; none where the agreement has no such clause. Says nothing of
    /// anybody.
    pub fn takers(&self, caller: &Caller) -> Vec<Agency> {
        let (now, own) = (self.parts.feed.now(), self.parts.agreements.own());
        let (Ok(agreement), Ok(purpose)) = (self.parts.agreements.in_force(now), PURPOSE.parse())
        else {
            return Vec::new();
        };
        let terms = (&caller.employee().role, &purpose);
        let may = |council: &Agency| {
            receiving(&agreement, (&council.id, own), terms, now).permits(Category::Register)
        };
        councils(&agreement).filter(may).collect()
    }

    /// Records what is about to be shown, of this register and of what others handed over, and releases it.
    pub(super) async fn release_handing<T: Serialize>(
        &self,
        handing: &Handing<'_>,
        content: T,
        about: About,
    ) -> Result<Release<T>, CustodyError> {
        let work = &handing.work;
        let own = (self.parts.agreements.own().clone(), work.permit.categories());
        let theirs = handing.received.iter();
        let theirs = theirs.map(|(giver, permit)| (giver.clone(), permit.categories()));
        let met = |agency: &AgencyId| about.entries.iter().any(|(owner, _)| owner == agency);
        let shown = std::iter::once(own).chain(theirs).filter(|(agency, _)| met(agency));
        let shown = Shown {
            ask: work.ask,
            at: work.at,
            kind: AskKind::RegisterWork,
            asker: Asker::from(work.caller.employee()),
            purpose: work.purpose.clone(),
            answer: "register-work".to_owned(),
            shown: shown.collect(),
            about,
            digest: String::new(),
            sources: Vec::new(),
            partner_proofs: BTreeMap::new(),
        };
        Ok(Release::record(&self.parts.feed.journal, content, shown).await?)
    }
}

fn councils(agreement: &InForce) -> impl Iterator<Item = Agency> {
    let councils = agreement.partners().filter(|party| party.kind == AgencyKind::Council);
    councils.map(|party| Agency {
        id: party.agency.clone(),
        name: party.name.clone(),
        kind: party.kind,
    })
}

fn receiving(
    agreement: &InForce,
    (requester, owner): (&AgencyId, &AgencyId),
    (role, purpose): (&Role, &kinfold_domain::Purpose),
    now: jiff::Timestamp,
) -> Ruled {
    let wanted: Categories = HANDED.into_iter().collect();
    agreement.decide_receiving(&Question { requester, owner, role, purpose, wanted: &wanted, now })
}
