//! Breaking the glass: opening what nobody would let the asker see, for a reason given in words, and with a review afterwards.

use std::collections::BTreeMap;

use kinfold_agreement::Question;
use kinfold_domain::{AgencyId, Categories, Category, Purpose};

use super::{Pool, PooledView, ViewError, ViewQuestion};
use crate::{
    caller::Caller,
    records::Statement,
    release::Release,
    sign_in::{StepUp, SteppedUp},
};

/// Why nothing is opened where no clause lets it be.
pub(super) const OPENS_NOTHING: &str =
    "no clause of the agreement lets this role break the glass for this purpose";

impl Pool {
    /// Gathers a view with what the clauses let be opened. Only for whoever has just proved themselves for it; who has not is refused,
    /// and that is recorded.
    #[tracing::instrument(skip_all)]
    pub async fn break_glass(
        &self,
        caller: &Caller,
        question: ViewQuestion,
        (reason, stepped_up): (&Statement, SteppedUp),
    ) -> Result<Release<PooledView>, ViewError> {
        let asked = self.asked(caller, (&question, Some(reason)));
        if !stepped_up.is_of(caller, StepUp::BreakGlass) {
            let why = "breaking the glass needs a fresh code of its own";
            self.refuse(&asked, why.to_owned()).await?;
            return Err(ViewError::Refused(why.to_owned()));
        }
        self.gather(&asked).await
    }

    /// What breaking the glass would let this employee open for a purpose, by the agency whose data it is. It says nothing of any child.
    pub fn openable(&self, caller: &Caller, purpose: &Purpose) -> BTreeMap<AgencyId, Categories> {
        let (own, now) = (self.parts.agreements.own(), self.parts.clock.now());
        let Ok(agreement) = self.parts.agreements.in_force(now) else { return BTreeMap::new() };
        let (role, wanted) = (&caller.employee().role, &Category::ALL.into_iter().collect());
        let parties = agreement.agreement().document().parties().iter();
        let opened = parties.map(|party| {
            let owner = &party.agency;
            let question = Question { requester: own, owner, role, purpose, wanted, now };
            (owner.clone(), agreement.decide_breaking_glass(&question).opened().clone())
        });
        opened.filter(|(_, categories)| !categories.is_empty()).collect()
    }
}
