//! One agency's part of a view: this agency's own, or a partner's, asked with the proof that the intent is recorded.

use std::time::Duration;

use kinfold_agreement::{Decision, InForce, Party, PhoneLine};
use kinfold_domain::{AgencyId, Category, Fact, SealedDesk};

use super::{
    AgencyPart, Asked, Part, PartState, Pool,
    cut::cut,
    entry_facts::register_facts,
    gather::{Gathered, Meant, SEVERAL_ENTRIES, TOO_LITTLE},
    parts::withheld,
};
use crate::{
    Permit,
    exchange::{AnswerMessage, AskMessage, ClosedAnswer, Known, MessageKind, Place, Told, open},
    ports::{PartnerError, Route},
    records::{About, Asker, ProvenPlace, SourceOutcome, Statement, Unreadable},
    register::RegisterSearch,
    today,
};

/// However long the way to a partner takes its time, the page does not wait longer.
const PARTNER_DEADLINE: Duration = Duration::from_secs(20);

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
        let own_withheld = withheld(decision);
        let mut part = match permit {
            None => Part::of(AgencyPart::empty(party, refused(decision))),
            Some(permit) if party.agency == *self.parts.agreements.own() => {
                self.own_part(asked, party, &permit).await
            }
            Some(permit) => {
                self.partner_part(asked, (agreement, decision), (party, &permit), place).await
            }
        };
        part.told.withheld.extend(own_withheld);
        if let PartState::Refused { reason } = &part.told.state {
            part.told.sources.push(failed(party, reason.clone()));
        }
        part
    }

    async fn own_part(&self, asked: &Asked<'_>, party: &Party, permit: &Permit) -> Part {
        let choice = asked.question.person.as_ref();
        let gathered = self.parts.holdings.gather(permit, &asked.question.subject, choice).await;
        let Gathered { meant, facts, sources, about } = gathered;
        let mut desk = None;
        let state = match meant {
            Meant::Nobody => PartState::Unknown,
            Meant::One => PartState::Known,
            Meant::Sealed(desk) => PartState::Sealed { desk },
            Meant::TooLittle => PartState::Choose { candidates: Vec::new(), more: false },
            Meant::Several { candidates, sealed, more, .. } => {
                desk = sealed;
                PartState::Choose { candidates, more }
            }
        };
        let granted = permit.granted().clone();
        let mut told = AgencyPart { facts, granted, sources, ..AgencyPart::empty(party, state) };
        told.phones.splice(0..0, desk.map(sealed_line));
        Part { told, about, place: None }
    }

    async fn partner_part(
        &self,
        asked: &Asked<'_>,
        (agreement, decision): (&InForce, &Decision),
        (party, permit): (&Party, &Permit),
        place: &Place,
    ) -> Part {
        // Of whom nothing can be opened nothing is asked but what may be seen.
        let glass = asked.glass.filter(|_| !decision.opened().is_empty());
        match self.ask(asked, (agreement, glass), (party, permit), place).await {
            Ok((ClosedAnswer::Told(told), proved)) => told_part(party, permit, told, proved),
            Ok((ClosedAnswer::Refused { reason }, proved)) => {
                let told = AgencyPart::empty(party, PartState::Refused { reason });
                Part { place: proved, ..Part::of(told) }
            }
            // What is opened is opened by its owner, who records it: never from what is held here.
            Err(error) => self.held_part(asked, party, &permit.without(decision.opened()), &error),
        }
    }

    /// Asks a partner; what comes back is signed, about this ask, and proved to be recorded there.
    async fn ask(
        &self,
        asked: &Asked<'_>,
        (agreement, glass): (&InForce, Option<&Statement>),
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
            break_glass: glass.cloned(),
        };
        let note = self.parts.identity.seal(MessageKind::Ask, &message).map_err(untrusted)?;
        let sending = self.parts.link.send(&party.agency, Route::Ask, note);
        let answer = tokio::time::timeout(PARTNER_DEADLINE, sending).await;
        let answer = answer.map_err(|_| PartnerError::TimedOut)??;
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

    /// A partner that can't be asked: what its register's replica says, with its age. Of one that refused, nothing is shown: it may
    /// have ended the agreement, and this node not know it yet.
    fn held_part(
        &self,
        asked: &Asked<'_>,
        party: &Party,
        permit: &Permit,
        error: &PartnerError,
    ) -> Part {
        let reason = match error {
            PartnerError::Refused(reason) => {
                return Part::of(AgencyPart::empty(
                    party,
                    PartState::Refused { reason: reason.clone() },
                ));
            }
            PartnerError::OwnKeyRefused | PartnerError::NotAPartner => {
                let reason = error.to_string();
                return Part::of(AgencyPart::empty(party, PartState::Refused { reason }));
            }
            _ => error.to_string(),
        };
        let mut part = Part::of(AgencyPart::empty(
            party,
            PartState::Unreachable { reason: reason.clone(), as_at: None },
        ));
        part.told.granted.clone_from(permit.granted());
        part.told.sources.push(failed(party, reason));
        if permit.allows(Category::Register) {
            self.take_replica(asked, permit, &mut part);
        }
        part
    }

    fn take_replica(&self, asked: &Asked<'_>, permit: &Permit, part: &mut Part) {
        let owner = part.told.agency.id.clone();
        let Some(register) = self.parts.registers.of(&owner) else { return };
        let Some(held) = register.confirmed(asked.at).as_at else { return };
        let search = register.search(permit, &asked.question.subject, today(asked.at));
        let unsaid = match &search {
            RegisterSearch::Several(_) => Some(SEVERAL_ENTRIES),
            RegisterSearch::TooLittle => Some(TOO_LITTLE),
            RegisterSearch::One(_) | RegisterSearch::Nobody => None,
        };
        part.told.sources.extend(unsaid.map(|why| SourceOutcome {
            system: "register".to_owned(),
            ..failed_at(&owner, why.to_owned())
        }));
        let RegisterSearch::One(hits) = search else { return };
        for hit in &hits {
            part.about.entries.push((owner.clone(), hit.entry.id.clone()));
            part.about.nhs_numbers.extend(hit.entry.subject.nhs_number);
        }
        if let Some(desk) = hits.iter().find_map(|hit| hit.entry.sealed.clone()) {
            part.told.state = PartState::Sealed { desk };
            return;
        }
        let facts = hits.iter().flat_map(|hit| register_facts(permit, &owner, hit, held));
        part.told.facts.extend(facts);
        if let PartState::Unreachable { as_at, .. } = &mut part.told.state {
            *as_at = Some(held);
        }
    }
}

impl Part {
    fn of(told: AgencyPart) -> Self {
        Self { told, about: About::default(), place: None }
    }
}

fn told_part(party: &Party, permit: &Permit, told: Told, place: Option<ProvenPlace>) -> Part {
    let Told { known, facts, mut granted, withheld, mut sources } = told;
    let state = match known {
        Known::Yes => PartState::Known,
        Known::No => PartState::Unknown,
        Known::NotSaid => PartState::NotSaid,
        Known::Several { count: 0 } => PartState::Choose { candidates: Vec::new(), more: false },
        Known::Several { count } => PartState::Several { count },
        Known::Sealed { desk } => PartState::Sealed { desk },
    };
    // Both decide: the owner granted it, and this node's decision permits it, of this owner's data alone. Who is not known, or sealed,
    // has no facts.
    granted.retain(|category, _| permit.allows(*category));
    let one = matches!(state, PartState::Known | PartState::NotSaid);
    let granted_too = |fact: &Fact| one && granted.contains_key(&fact.category());
    let facts = facts.into_iter().filter(granted_too);
    let facts = facts.filter_map(|fact| cut(permit, &party.agency, fact)).collect();
    sources.retain(|source| source.agency == party.agency);
    for source in &mut sources {
        source.unread.retain(|category, _| one && granted.contains_key(category));
    }
    let told = AgencyPart { facts, granted, withheld, sources, ..AgencyPart::empty(party, state) };
    Part { place, ..Part::of(told) }
}

/// Whom to ring about one of several who is sealed.
fn sealed_line(desk: SealedDesk) -> PhoneLine {
    let label = format!("{}: one of those possible is sealed, quote {}", desk.desk, desk.reference);
    PhoneLine { label, number: desk.telephone }
}

fn failed(party: &Party, reason: String) -> SourceOutcome {
    failed_at(&party.agency, reason)
}

fn failed_at(agency: &AgencyId, reason: String) -> SourceOutcome {
    let (agency, system) = (agency.clone(), "node".to_owned());
    let unread = Unreadable::default();
    SourceOutcome { agency, system, facts: None, failure: Some(reason), took_us: None, unread }
}

fn refused(decision: &Decision) -> PartState {
    let reason = decision.refused().next().map_or_else(String::new, |(_, why)| why.to_string());
    PartState::Refused { reason }
}

fn untrusted(error: impl std::fmt::Display) -> PartnerError {
    PartnerError::Untrusted(error.to_string())
}
