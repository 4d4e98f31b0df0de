//! The list of attendances, for those who answer for them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp};
use kinfold_agreement::{Decision, InForce, Question};
use kinfold_domain::{
    AgencyId, AskId, Categories, Category, Employee, Purpose, RegisterEntry, Role, Subject,
};

use super::{
    heard::{Attendances, HeardAttendance},
    listed::{AttendanceList, AttendanceRow, ListError},
    looked_up::{LISTED_FOR, LookedUp, LookedUpRow, is_part_of},
};
use crate::{
    agreements::Agreements,
    audit::Ledgers,
    caller::Caller,
    department::{Acknowledged, AttendanceId},
    journal::{Journal, JournalError},
    permit::{Evidence, Permit, granted},
    ports::{Clock, Entropy},
    records::{About, AskKind, Asker, Entry, Intent, Refusal, Shown},
    register::{Register, release},
    release::Release,
    today,
};

/// How long an attendance that somebody answered for stays on the list.
const SHOWN_FOR: SignedDuration = SignedDuration::from_hours(24 * 7);
/// The most on one list.
const MOST: usize = 200;

/// Lists attendances and takes answers for them.
pub struct AttendanceLists {
    /// Why they are looked at.
    pub purpose: Purpose,
    /// The attendances.
    pub attendances: Arc<Attendances>,
    /// This agency's register.
    pub register: Arc<Register>,
    /// The ledger with its search tables: who looked.
    pub ledgers: Arc<Ledgers>,
    /// The agreement.
    pub agreements: Arc<Agreements>,
    /// The ledger.
    pub journal: Journal,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
}

impl AttendanceLists {
    /// The list for one employee: decided, recorded, put together, recorded as shown.
    #[tracing::instrument(skip_all)]
    pub async fn list(&self, caller: &Caller) -> Result<Release<AttendanceList>, ListError> {
        let at = self.clock.now();
        let ask = AskId(self.entropy.uuid(at));
        let employee = caller.employee();
        let agreement = match self.agreements.in_force(at) {
            Ok(agreement) => agreement,
            Err(error) => {
                self.refuse((ask, at), employee, error.0.clone()).await?;
                return Err(error.into());
            }
        };
        let own = self.decide(employee, self.agreements.own(), (at, &agreement));
        let of_partners: Vec<Decision> = agreement
            .partners()
            .map(|party| self.decide(employee, &party.agency, (at, &agreement)))
            .collect();
        if let Some(reason) = refused(&own, Category::Register) {
            self.refuse((ask, at), employee, reason.clone()).await?;
            return Err(ListError::Refused(reason));
        }
        let grants = std::iter::once(&own).chain(&of_partners);
        let intent = Intent {
            ask,
            at,
            kind: AskKind::Attendances,
            asker: Asker::from(employee),
            purpose: self.purpose.clone(),
            subject: Subject::default(),
            agreement: agreement.agreement().digest().to_string(),
            granted: grants.map(|d| (d.owner().clone(), granted(d))).collect(),
            glass: None,
        };
        let receipt = Arc::new(self.journal.record(Entry::Intent(Box::new(intent))).await?);
        let permit = Permit::new(&own, Evidence::Recorded(receipt));
        let Some(permit) = permit else { return Err(ListError::Refused(String::new())) };
        let list = self.put_together((ask, at), employee, (&permit, &of_partners)).await?;
        let shown = self.shown(employee, &list);
        Ok(Release::record(&self.journal, list, shown).await?)
    }

    async fn put_together(
        &self,
        (ask, at): (AskId, Timestamp),
        employee: &Employee,
        (permit, of_partners): (&Permit, &[Decision]),
    ) -> Result<AttendanceList, ListError> {
        let may: Vec<&AgencyId> = of_partners
            .iter()
            .filter(|d| d.permits(Category::Attendances))
            .map(Decision::owner)
            .collect();
        let ago = |span| at.saturating_sub(span).unwrap_or(Timestamp::MIN);
        // Look-ups are listed for longer than attendances that were dealt with: all that they may be part of is needed.
        let since = ago(LISTED_FOR + SHOWN_FOR);
        let mut known = self.attendances.store.recent_attendances(since).await?;
        known.retain(|heard| may.contains(&&heard.partner));
        let (looks, more_looked_up) = self.looks(employee, permit, at).await?;
        let own = self.agreements.own();
        let is_part = |look: &LookedUp| {
            known.iter().any(|heard| is_part_of(look, heard, &heard.entries(own)))
        };
        let alone = looks.iter().filter(|look| !is_part(look));
        let looked_up = alone.map(|look| self.looked_up_row(look, permit)).collect();
        let shown =
            known.into_iter().filter(|known| known.waits() || known.heard >= ago(SHOWN_FOR));
        let mut rows: Vec<AttendanceRow> =
            shown.map(|heard| self.row((heard, &looks), employee, permit)).collect();
        rows.sort_by_key(|row| order(row, &employee.role));
        let more = rows.len().saturating_sub(MOST);
        rows.truncate(MOST);
        let withheld = of_partners
            .iter()
            .filter_map(|d| Some((d.owner().clone(), refused(d, Category::Attendances)?)))
            .collect();
        Ok(AttendanceList { ask, at, rows, more, looked_up, more_looked_up, withheld })
    }

    /// An employee answers for an attendance, by name: the first one counts. The partner is told.
    #[tracing::instrument(skip_all)]
    pub async fn acknowledge(
        &self,
        caller: &Caller,
        (partner, attendance): (&AgencyId, AttendanceId),
    ) -> Result<(), ListError> {
        let at = self.clock.now();
        let employee = caller.employee();
        let agreement = self.agreements.in_force(at)?;
        let decision = self.decide(employee, partner, (at, &agreement));
        if let Some(why) = refused(&decision, Category::Attendances) {
            return Err(ListError::Refused(why));
        }
        let mut changing = self.attendances.change().await?;
        let known = self.attendances.store.attendance_of(partner, attendance).await?;
        let mut known = known.ok_or(ListError::Unknown)?;
        if known.acknowledged.is_some() {
            return Ok(());
        }
        let acknowledged = Acknowledged { attendance, at, by: Asker::from(employee) };
        let entry = Entry::AttendanceAcknowledged {
            partner: partner.clone(),
            acknowledged: Box::new(acknowledged.clone()),
        };
        known.acknowledged = Some(acknowledged);
        changing.carry_out(entry, known).await
    }

    fn decide(
        &self,
        employee: &Employee,
        owner: &AgencyId,
        (now, agreement): (Timestamp, &InForce),
    ) -> Decision {
        let wanted = Categories::from(if owner == self.agreements.own() {
            [Category::Register, Category::Contact]
        } else {
            [Category::Existence, Category::Attendances]
        });
        agreement.decide(&Question {
            requester: &employee.agency,
            owner,
            role: &employee.role,
            purpose: &self.purpose,
            wanted: &wanted,
            now,
        })
    }

    /// Look-ups of the reader's own children, lately.
    async fn looks(
        &self,
        employee: &Employee,
        permit: &Permit,
        at: Timestamp,
    ) -> Result<(Vec<LookedUp>, bool), ListError> {
        let name = name_words(employee.name.expose());
        let yours =
            self.register.standing_where(permit, today(at), |entry| is_key_worker(entry, &name));
        let entries: Vec<_> = yours.iter().map(|entry| entry.id.clone()).collect();
        let since = at.saturating_sub(LISTED_FOR).unwrap_or(Timestamp::MIN);
        Ok(self.ledgers.looked_up(permit, &entries, since).await?)
    }

    fn looked_up_row(&self, look: &LookedUp, permit: &Permit) -> LookedUpRow {
        let may = |category| permit.allows(category);
        let entries = look.entries.iter().filter_map(|id| self.register.entry(permit, id));
        let entries = entries.map(|entry| release(&entry, may)).collect();
        LookedUpRow { look: look.clone(), entries }
    }

    fn row(
        &self,
        (heard, looks): (HeardAttendance, &[LookedUp]),
        employee: &Employee,
        permit: &Permit,
    ) -> AttendanceRow {
        let concerned = heard.entries(self.agreements.own());
        let entries: Vec<_> =
            concerned.iter().filter_map(|id| self.register.entry(permit, id)).collect();
        let name = name_words(employee.name.expose());
        let yours = entries.iter().any(|entry| is_key_worker(entry, &name));
        let part = looks.iter().filter(|look| is_part_of(look, &heard, &concerned));
        let looks = part.cloned().collect();
        let may = |category| permit.allows(category);
        let entries = entries.iter().map(|entry| release(entry, may)).collect();
        AttendanceRow { heard, entries, yours, looks }
    }

    async fn refuse(
        &self,
        (ask, at): (AskId, Timestamp),
        employee: &Employee,
        reason: String,
    ) -> Result<(), JournalError> {
        let refusal = Refusal {
            ask,
            at,
            kind: AskKind::Attendances,
            asker: Some(Asker::from(employee)),
            agency: self.agreements.own().clone(),
            purpose: Some(self.purpose.clone()),
            subject: None,
            reason,
        };
        self.journal.record(Entry::Refusal(Box::new(refusal))).await.map(drop)
    }

    fn shown(&self, employee: &Employee, list: &AttendanceList) -> Shown {
        let own = self.agreements.own();
        let mut about = About::default();
        let mut shown = BTreeMap::from([(own.clone(), Categories::from([Category::Register]))]);
        for entry in list.looked_up.iter().flat_map(|row| &row.entries) {
            about.entries.push((own.clone(), entry.id.clone()));
            about.nhs_numbers.extend(entry.subject.nhs_number);
        }
        for row in &list.rows {
            about.entries.extend(row.entries.iter().map(|entry| (own.clone(), entry.id.clone())));
            about.nhs_numbers.extend(row.entries.iter().filter_map(|e| e.subject.nhs_number));
            let of_partner = shown.entry(row.heard.partner.clone()).or_default();
            of_partner.insert(Category::Attendances);
        }
        Shown {
            ask: list.ask,
            at: list.at,
            kind: AskKind::Attendances,
            asker: Asker::from(employee),
            purpose: self.purpose.clone(),
            answer: "attendances".to_owned(),
            about,
            shown,
            digest: String::new(),
            sources: Vec::new(),
            partner_proofs: BTreeMap::new(),
        }
    }
}

fn refused(decision: &Decision, category: Category) -> Option<String> {
    let (_, why) = decision.refused().find(|(refused, _)| *refused == category)?;
    Some(why.to_string())
}

/// The register names the key worker first; employees are known by the same name, however the two systems order its words.
pub(crate) fn is_key_worker(entry: &RegisterEntry, name: &BTreeSet<String>) -> bool {
    let worker = entry.professionals.first();
    !name.is_empty() && worker.is_some_and(|worker| name_words(worker.name.expose()) == *name)
}

pub(crate) fn name_words(name: &str) -> BTreeSet<String> {
    let words = name.split(|c: char| c.is_whitespace() || c == ',');
    let words = words.filter(|word| !word.is_empty() && !word.starts_with('('));
    words.map(str::to_lowercase).collect()
}

/// What waits before what doesn't; the reader's own, then what their role was asked for, then the oldest. Answered: the latest first.
fn order(row: &AttendanceRow, role: &Role) -> (bool, bool, bool, i64) {
    let waits = row.heard.waits();
    let asked = row.heard.asked.iter().any(|asked| asked.role == *role);
    let at = row.heard.heard.as_second();
    (!waits, waits && !row.yours, waits && !asked, if waits { at } else { -at })
}
