//! One agency's part of a view: this agency's own, or a partner's, asked with the proof that the intent is recorded.

use kinfold_agreement::{Decision, InForce, Party};
use kinfold_domain::{Category, Fact};

use super::{
    AgencyPart, Asked, Part, PartState, Pool,
    gather::{Gathered, Meant, register_facts},
    parts::withheld,
};
use crate::{
    Permit,
    exchange::{AnswerMessage, AskMessage, ClosedAnswer, Known, MessageKind, Place, Told, open},
    ports::{PartnerError, Route},
    records::{About, Asker, ProvenPlace, SourceOutcome},
    register::RegisterSearch,
    today,
};

impl Pool {
    pub(super) async fn part(
        &self,
        asked: &Asked<'_>,
        agreement: &InForce,
        (decision, permit): (&Decision, Option<Permit>),
        place: &Place,
    ) -> Part {
        let Some(party) = agreement.agreement().document().party(decision.owner()) else {
            // Decisions are made for the agreement's parties alone.
            unreachable!("a decision about an agency that is no party")
        };
        let withheld = withheld(decision);
        let mut part = match permit {
            None => Part::of(AgencyPart::empty(party, refused(decision))),
            Some(permit) if party.agency == *self.parts.agreements.own() => {
                self.own_part(asked, party, &permit).await
            }
            Some(permit) => self.partner_part(asked, agreement, (party, &permit), place).await,
        };
        part.part.withheld.extend(withheld);
        part
    }

    async fn own_part(&self, asked: &Asked<'_>, party: &Party, permit: &Permit) -> Part {
        let choice = asked.question.person.as_ref();
        let gathered = self.parts.holdings.gather(permit, &asked.question.subject, choice).await;
        let Gathered { meant, facts, sources, about } = gathered;
        let state = match meant {
            Meant::Nobody => PartState::Unknown,
            Meant::One => PartState::Known,
            Meant::Sealed(desk) => PartState::Sealed { desk },
            Meant::Several(candidates) => PartState::Choose { candidates },
        };
        let granted = permit.granted().clone();
        let part = AgencyPart { facts, sources, granted, ..AgencyPart::empty(party, state) };
        Part { part, about, place: None }
    }

    async fn partner_part(
        &self,
        asked: &Asked<'_>,
        agreement: &InForce,
        (party, permit): (&Party, &Permit),
        place: &Place,
    ) -> Part {
        match self.ask(asked, agreement, (party, permit), place).await {
            Ok((ClosedAnswer::Told(told), proved)) => told_part(party, permit, told, proved),
            Ok((ClosedAnswer::Refused { reason }, proved)) => {
                let part = AgencyPart::empty(party, PartState::Refused { reason });
                Part { place: proved, ..Part::of(part) }
            }
            Err(error) => self.held_part(asked, party, permit, &error),
        }
    }

    /// Asks a partner; what comes back is signed, about this ask, and proved to be recorded there.
    async fn ask(
        &self,
        asked: &Asked<'_>,
        agreement: &InForce,
        (party, permit): (&Party, &Permit),
        place: &Place,
    ) -> Result<(ClosedAnswer<Told>, Option<ProvenPlace>), PartnerError> {
        let message = AskMessage {
            ask: asked.ask,
            sent_at: self.parts.clock.now(),
            agreement: agreement.agreement().digest().to_string(),
            asker: Asker::from(asked.caller.employee()),
            purpose: asked.question.purpose.clone(),
            wanted: permit.categories(),
            subject: asked.question.subject.clone(),
            intent: place.clone(),
        };
        let note = self.parts.identity.seal(MessageKind::Ask, &message).map_err(untrusted)?;
        let answer = self.parts.link.send(&party.agency, Route::Ask, note).await?;
        let answer: AnswerMessage =
            open(MessageKind::Answer, answer.as_bytes(), &party.node_key).map_err(untrusted)?;
        if answer.ask != asked.ask {
            return Err(PartnerError::Untrusted("it answers another ask".to_owned()));
        }
        let proved = match &answer.recorded {
            Some(place) => Some(place.verify(&party.ledger_key).map_err(untrusted)?),
            None => None,
        };
        if proved.is_none() && matches!(answer.outcome, ClosedAnswer::Told(_)) {
            return Err(PartnerError::Untrusted("it told without a record of it".to_owned()));
        }
        Ok((answer.outcome, proved))
    }

    /// A partner that can't be asked: what its register's replica says, with its age.
    fn held_part(
        &self,
        asked: &Asked<'_>,
        party: &Party,
        permit: &Permit,
        error: &PartnerError,
    ) -> Part {
        let register = self.parts.registers.of(&party.agency);
        let as_at = register.and_then(|register| register.confirmed(asked.at).as_at);
        let mut about = About::default();
        let (mut facts, mut state) = (Vec::new(), None);
        if let (Some(register), Some(as_at)) = (register, as_at)
            && permit.allows(Category::Register)
            && let RegisterSearch::One(hits) =
                register.search(permit, &asked.question.subject, today(asked.at))
        {
            for hit in &hits {
                about.entries.push((party.agency.clone(), hit.entry.id.clone()));
                facts.extend(register_facts(permit, &party.agency, hit, as_at));
            }
            if let Some(desk) = hits.iter().find_map(|hit| hit.entry.sealed.clone()) {
                facts.clear();
                state = Some(PartState::Sealed { desk });
            }
        }
        let reason = error.to_string();
        let failed = SourceOutcome {
            agency: party.agency.clone(),
            system: "node".to_owned(),
            facts: None,
            failure: Some(reason.clone()),
        };
        let state = state.unwrap_or(match error {
            PartnerError::Refused(reason) => PartState::Refused { reason: reason.clone() },
            _ => PartState::Unreachable { reason, as_at },
        });
        let granted = permit.granted().clone();
        let sources = vec![failed];
        let part = AgencyPart { facts, granted, sources, ..AgencyPart::empty(party, state) };
        Part { about, ..Part::of(part) }
    }
}

impl Part {
    fn of(part: AgencyPart) -> Self {
        Self { part, about: About::default(), place: None }
    }
}

fn told_part(party: &Party, permit: &Permit, told: Told, place: Option<ProvenPlace>) -> Part {
    let state = match told.known {
        Known::Yes => PartState::Known,
        Known::No => PartState::Unknown,
        Known::NotSaid => PartState::NotSaid,
        Known::Several { count } => PartState::Several { count },
        Known::Sealed { desk } => PartState::Sealed { desk },
    };
    let Told { facts, granted, withheld, sources, .. } = told;
    let ours = |fact: &Fact| {
        // Both decide: the owner granted it, and this node's decision permits it, of this owner's data alone.
        let category = fact.category();
        fact.source.agency == party.agency
            && granted.contains_key(&category)
            && permit.allows(category)
    };
    let facts = facts.into_iter().filter(ours).collect();
    let part = AgencyPart { facts, granted, withheld, sources, ..AgencyPart::empty(party, state) };
    Part { place, ..Part::of(part) }
}

fn refused(decision: &Decision) -> PartState {
    let reason = decision.refused().next().map_or_else(String::new, |(_, why)| why.to_string());
    PartState::Refused { reason }
}

fn untrusted(error: impl std::fmt::Display) -> PartnerError {
    PartnerError::Untrusted(error.to_string())
}
