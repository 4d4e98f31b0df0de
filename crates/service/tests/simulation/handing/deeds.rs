//! What custodians say about hand-overs, and what they were told of it.

use std::sync::Arc;

use jiff::{ToSpan, civil::Date};
use kinfold_domain::{AbuseCategory, AgencyId, EntryId, Professional};
use kinfold_service::{
    Caller,
    records::HandOverId,
    register::{Custodian, CustodyError, Taken, ToHandOver},
    testing::caller,
};
use tokio::time::timeout;

use crate::{host::Host, people::patience, world::World};

/// A word to be said.
#[derive(Clone, Debug)]
pub(super) enum Saying {
    Offer(EntryId, AgencyId),
    Withdraw(HandOverId),
    Accept(HandOverId),
    Refuse(HandOverId),
    Settle(HandOverId, bool),
}

/// A word that somebody said. Everybody says one only, so that it is known by the user name, and the reason is theirs alone.
#[derive(Clone, Debug)]
pub(crate) struct Word {
    pub(crate) by: String,
    /// Which word, as ledgers name it.
    pub(crate) kind: &'static str,
    pub(crate) reason: String,
    /// Whether they were told that it was said; `None` when they left before the answer, or the node ended.
    pub(crate) said: Option<bool>,
}

impl Saying {
    const fn word(&self) -> &'static str {
        match self {
            Self::Offer(..) => "offered",
            Self::Withdraw(_) => "withdrawn",
            Self::Accept(_) => "accepted",
            Self::Refuse(_) => "refused",
            Self::Settle(..) => "settled",
        }
    }

    async fn said(
        self,
        desk: &Custodian,
        (by, today): (&Caller, Date),
        why: &str,
    ) -> Result<(), CustodyError> {
        match self {
            Self::Offer(entry, to) => {
                let reason = why.to_owned();
                let offer =
                    ToHandOver { entry, to, moved: today, stay: None, address: None, reason };
                desk.hand_over(by, &offer).await.map(drop)
            }
            Self::Withdraw(id) => desk.withdraw(by, id, why).await,
            Self::Accept(id) => desk.accept(by, id, &decided(today)).await.map(drop),
            Self::Refuse(id) => desk.refuse(by, id, why).await,
            Self::Settle(id, stays) => desk.settle(by, id, (stays, why)).await,
        }
    }
}

fn decided(today: Date) -> Taken {
    Taken {
        conference: today,
        category: AbuseCategory::Emotional,
        next_review: today.checked_add(60.days()).unwrap(),
        worker: Professional {
            name: "Larkford Testworker".into(),
            role: "Key worker".to_owned(),
            team: None,
            telephone: Some("01632 960333".parse().unwrap()),
        },
    }
}

/// Somebody says something at a council, and waits for the answer or leaves; whether they were told that it was said.
pub(super) async fn say(world: &World, council: &Arc<Host>, saying: Saying) -> Option<bool> {
    let (by, why) = {
        let words = &mut world.happened.lock().words;
        let (by, reason) =
            (format!("custodian-{}", words.len()), format!("Reason {}.", words.len()));
        words.push(Word {
            by: by.clone(),
            kind: saying.word(),
            reason: reason.clone(),
            said: None,
        });
        (by, reason)
    };
    let (custodian, today) = (caller(council.name, &by, "register-custodian"), today(world));
    let (patience, what) = (patience(world), saying.clone());
    let said = council.call(async move |node| {
        let desk = node.custodian.as_ref().unwrap();
        timeout(patience, saying.said(desk, (&custodian, today), &why)).await.ok()
    });
    let said = said.await.flatten();
    world.note(|| format!("{by} of {}: {what:?}: {said:?}", council.name));
    let said = said.map(|said| said.is_ok());
    let words = &mut world.happened.lock().words;
    words.iter_mut().find(|word| word.by == by).unwrap().said = said;
    said
}

pub(super) fn today(world: &World) -> Date {
    world.now().to_zoned(jiff::tz::TimeZone::get("Europe/London").unwrap()).date()
}
