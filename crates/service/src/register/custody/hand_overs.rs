//! The custodian's lists of hand-overs: what others hand over to this council, what it hands over, and what came of it.

use jiff::{SignedDuration, Timestamp, civil::Date};
use kinfold_domain::{
    Agency, AgencyId, AskId, Due, EntryId, PersonName, RegisterEntry, RegisterStatus, Standing,
    Subject,
};
use serde::Serialize;

use super::{Custodian, CustodyError, handing::Handing};
use crate::{
    Release,
    caller::Caller,
    ports::PortError,
    records::{About, Asker, HandOverId, HandOverStep, Stay},
    register::{HandOver, Handed, Side, State, handover::made_of},
    today,
};

/// How long what is over stays on the list, in days.
const REMEMBERED_DAYS: i64 = 60;

/// One hand-over, or one stay.
#[derive(Clone, Debug, Serialize)]
pub struct HandOverLine {
    /// Which.
    pub id: HandOverId,
    /// Which side this council is on.
    pub side: Side,
    /// What it has come to.
    pub state: State,
    /// The other council.
    pub partner: Agency,
    /// The child's name, where it may be shown.
    pub name: Option<PersonName>,
    /// Why the child is on the giver's register.
    pub status: Option<RegisterStatus>,
    /// The giver's reference.
    pub register_entry: Option<EntryId>,
    /// Who offered it, and when.
    pub offered: Option<(Asker, Timestamp)>,
    /// The day of the move, or the first of a stay.
    pub moved: Option<Date>,
    /// Set for a stay.
    pub stay: Option<Stay>,
    /// What is due of it, while it is open.
    pub due: Option<Due>,
    /// What the node could not do by itself.
    pub trouble: Option<String>,
    /// Something came of it that somebody has to look at.
    pub waits_to_be_seen: bool,
    /// It is not over.
    pub is_open: bool,
}

/// Hand-overs and stays, the oldest first.
#[derive(Clone, Debug, Serialize)]
pub struct HandOverList {
    /// The ask.
    pub ask: AskId,
    /// When.
    pub at: Timestamp,
    /// All of them: those that are open, and those that began within sixty days.
    pub lines: Vec<HandOverLine>,
}

/// One hand-over with what was told of the child.
#[derive(Clone, Debug, Serialize)]
pub struct OpenedHandOver {
    /// The ask.
    pub ask: AskId,
    /// When.
    pub at: Timestamp,
    /// How it stands.
    pub line: HandOverLine,
    /// What was told of the child, as far as it may be shown.
    pub handed: Option<Handed>,
    /// Everything that was said about it.
    pub words: Vec<HandOverStep>,
    /// The own register's entry, where there is one.
    pub own: Option<RegisterEntry>,
    /// The entry that stands for this child on the own register already: accepting adds no second one.
    pub stands: Option<EntryId>,
    /// Entries of the own register that may be this child's.
    pub alike: Vec<RegisterEntry>,
}

impl Custodian {
    /// The list.
    pub async fn hand_overs(&self, caller: &Caller) -> Result<Release<HandOverList>, CustodyError> {
        let handing = self.begin_handing(caller, Subject::default()).await?;
        let (ask, at) = (handing.work.ask, handing.work.at);
        let since =
            at.saturating_sub(SignedDuration::from_hours(24 * REMEMBERED_DAYS)).unwrap_or(at);
        let items = self.parts.hand_overs.since(since).await?;
        let lines: Vec<_> = items.iter().map(|item| self.line(&handing, item)).collect();
        let entries = lines.iter().filter_map(|line| self.about(line)).collect();
        let list = HandOverList { ask, at, lines };
        self.release_handing(&handing, list, About { entries, ..About::default() }).await
    }

    /// One of them.
    pub async fn open_hand_over(
        &self,
        caller: &Caller,
        id: HandOverId,
    ) -> Result<Release<OpenedHandOver>, CustodyError> {
        let handing = self.begin_handing(caller, Subject::default()).await?;
        let (item, work) = (self.item(id).await?, &handing.work);
        let line = self.line(&handing, &item);
        let handed = item.handed.as_ref();
        let handed = match item.side {
            Side::Giver => handed.map(|handed| handed.cut(|category| work.permit.allows(category))),
            Side::Taker => handed.and_then(|handed| handing.cut(&item.partner, handed)),
        };
        let received = handed.as_ref().filter(|_| item.side == Side::Taker);
        let alike = received.map(|handed| self.may_be(&handing, handed)).unwrap_or_default();
        // The two councils' references may be alike by chance.
        let stands = received
            .zip(made_of(id))
            .and_then(|(handed, made)| self.stands_already(work, &handed.register_entry, &made));
        let own = match item.side {
            Side::Giver => item.offer().map(|offer| &offer.register_entry),
            Side::Taker => item.taken_as(),
        };
        let own = own.and_then(|own| self.parts.feed.living(own)).map(|entry| work.cut(&entry));
        let here = self.parts.agreements.own().clone();
        let of_own = own.iter().chain(&alike).map(|entry| (here.clone(), entry.id.clone()));
        let about = About {
            entries: of_own.chain(self.about(&line)).collect(),
            // One child alone is shown: whoever reviews who looked finds this by the child's number.
            nhs_numbers: item.about.nhs_numbers.clone(),
            ..About::default()
        };
        let (ask, at, words) = (work.ask, work.at, item.words.clone());
        let opened = OpenedHandOver { ask, at, line, handed, words, own, stands, alike };
        self.release_handing(&handing, opened, about).await
    }

    /// How many children wait for this council's answer, and how many hand-overs somebody has to look at.
    pub(super) async fn handed_counts(&self) -> Result<(usize, usize), PortError> {
        let open = self.parts.hand_overs.open().await?;
        let answers = |item: &&HandOver| item.side == Side::Taker && item.state() == State::Offered;
        let looks = |item: &&HandOver| item.waits_to_be_seen() || item.state() == State::Conflict;
        Ok((open.iter().filter(answers).count(), open.iter().filter(looks).count()))
    }

    fn may_be(&self, handing: &Handing<'_>, handed: &Handed) -> Vec<RegisterEntry> {
        let (work, day) = (&handing.work, today(handing.work.at));
        let subject = Subject::from(&handed.register_entry.subject);
        let found = self.parts.feed.register.everybody(&work.permit, &subject);
        let shows = found.iter().filter(|entry| entry.standing(day) != Standing::Past);
        shows.map(|entry| work.cut(entry)).collect()
    }

    /// Whose entry a line shows.
    fn about(&self, line: &HandOverLine) -> Option<(AgencyId, EntryId)> {
        let giver = match line.side {
            Side::Giver => self.parts.agreements.own().clone(),
            Side::Taker => line.partner.id.clone(),
        };
        line.name.as_ref()?;
        Some((giver, line.register_entry.clone()?))
    }

    pub(super) fn line(&self, handing: &Handing<'_>, item: &HandOver) -> HandOverLine {
        let offer = item.offer();
        let known = match item.side {
            Side::Giver => offer.and_then(|offer| {
                let entry = self.parts.feed.living(&offer.register_entry)?;
                Some((entry.subject.name.clone(), entry.status))
            }),
            Side::Taker => {
                let handed = item.handed.as_ref();
                let handed = handed.and_then(|handed| handing.cut(&item.partner, handed));
                handed
                    .map(|handed| {
                        (handed.register_entry.subject.name, handed.register_entry.status)
                    })
                    .or_else(|| {
                        let entry = self.parts.feed.living(item.taken_as()?)?;
                        Some((entry.subject.name.clone(), entry.status))
                    })
            }
        };
        let (name, status) = known.unzip();
        HandOverLine {
            id: item.id,
            side: item.side,
            state: item.state(),
            partner: self.parts.agreements.agency(&item.partner),
            name,
            status,
            register_entry: offer.map(|offer| offer.register_entry.clone()),
            offered: item.offered().map(|step| (step.by.clone(), step.at)),
            moved: offer.map(|offer| offer.moved),
            stay: offer.and_then(|offer| offer.stay),
            due: item.due(),
            trouble: item.trouble.clone(),
            waits_to_be_seen: item.waits_to_be_seen(),
            is_open: item.is_open(),
        }
    }
}
