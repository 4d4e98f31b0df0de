//! The agreement in plain language, rendered from the computed table and the clauses' own readings.

use std::{fmt, sync::Arc};

use kinfold_domain::{AgencyId, Category};
use serde::Serialize;

use crate::{
    AgreementRef, Clause, ClauseId, Document, Party, RoleTerm, Ruling, policy::Rare, table::Table,
    term::words,
};

/// The agreement for people: for a page by its fields, for a terminal by its `Display`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Reading {
    /// What the agreement is called.
    pub title: String,
    /// Name, version and digest.
    pub agreement: AgreementRef,
    /// Its first moment, in words.
    pub from: String,
    /// The first moment past it, in words.
    pub until: String,
    /// The laws that it rests on.
    pub legal_basis: Vec<String>,
    /// Who takes part.
    pub parties: Vec<PartyReading>,
    /// What each purpose means: name and reading.
    pub purposes: Vec<(String, String)>,
    /// Who may see what: every line of the table that permits anything.
    pub sights: Vec<Sight>,
    /// Roles that see nothing for any purpose: reading and agency's name.
    pub blind: Vec<(String, String)>,
    /// Categories that nobody sees: headings.
    pub closed: Vec<&'static str>,
    /// The clauses, in the order of the text; the node's own rules last.
    pub clauses: Vec<Arc<Clause>>,
}

/// A party and whom to ring there.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct PartyReading {
    /// Its name.
    pub name: String,
    /// Its short name.
    pub agency: AgencyId,
    /// Who may sign for it: name and office.
    pub approvers: Vec<(String, String)>,
    /// Label and number.
    pub telephones: Vec<(String, String)>,
}

/// What one role may see of one owner for one purpose.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Sight {
    /// Who: the role's reading.
    pub who: String,
    /// The name of the agency whose role it is.
    pub whose: String,
    /// The purpose's reading.
    pub purpose: String,
    /// The name of the agency whose data it is.
    pub owner: String,
    /// What, in the order of the page.
    pub sees: Vec<Given>,
    /// What may be handed to them of a child whom the owner hands over or tells of.
    pub receives: Vec<Given>,
    /// What they may not see, and may open by breaking the glass.
    pub opens: Vec<Given>,
    /// The clauses that permit to see who looked; none when nothing does.
    pub reviews: Vec<ClauseId>,
    /// The clauses that permit to see, beside an answer, where the child attended and the last looks at it.
    pub history: Vec<ClauseId>,
    /// The clauses under which the key worker is told of a look-up on the register, though the child did not attend.
    pub notifies: Vec<ClauseId>,
}

/// A permitted category.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Given {
    /// Which.
    pub category: Category,
    /// Its heading on the page.
    pub heading: &'static str,
    /// The clauses that permit it.
    pub clauses: Vec<ClauseId>,
}

pub(crate) fn read(document: &Document, table: &Table, agreement: &AgreementRef) -> Reading {
    let mut sights = Vec::new();
    let mut blind = Vec::new();
    for role in document.roles() {
        let of_role = sights_of(document, table, role);
        if of_role.is_empty() {
            blind.push((role.reads.clone(), name(document, &role.agency)));
        }
        sights.extend(of_role);
    }
    let seen = |category: &Category| {
        sights.iter().any(|sight| sight.sees.iter().any(|given| given.category == *category))
    };
    let closed = Category::ALL.iter().filter(|c| !seen(c)).map(|c| c.heading()).collect();
    Reading {
        title: document.title().to_owned(),
        agreement: agreement.clone(),
        from: words(document.term().from()),
        until: words(document.term().until()),
        legal_basis: document.legal_basis().to_vec(),
        parties: document.parties().iter().map(party).collect(),
        purposes: document.purposes().iter().map(|p| (p.id.to_string(), p.reads.clone())).collect(),
        blind,
        closed,
        sights,
        clauses: table.policies.clauses.clone(),
    }
}

fn party(party: &Party) -> PartyReading {
    let approvers = party.approvers.iter().map(|a| (a.name.clone(), a.office.clone()));
    let telephones = party.telephones.iter();
    PartyReading {
        name: party.name.clone(),
        agency: party.agency.clone(),
        approvers: approvers.collect(),
        telephones: telephones
            .map(|line| (line.label.clone(), line.number.as_str().to_owned()))
            .collect(),
    }
}

fn sights_of(document: &Document, table: &Table, role: &RoleTerm) -> Vec<Sight> {
    let mut sights = Vec::new();
    for purpose in document.purposes() {
        for owner in document.parties() {
            let row = table.row(&role.agency, &role.id, &purpose.id, &owner.agency);
            let Ok(row) = row else { continue };
            let given = |category: Category, ruling: &Ruling| {
                let (heading, clauses) = (category.heading(), ids(ruling));
                (!clauses.is_empty()).then_some(Given { category, heading, clauses })
            };
            let all = || Category::ALL.into_iter();
            let sees: Vec<Given> = all().filter_map(|c| given(c, row.see(c))).collect();
            let rare = |rare| all().filter_map(|c| given(c, &row.rare(rare, c))).collect();
            let receives: Vec<Given> = rare(Rare::Receive);
            let opens = all().filter_map(|c| given(c, &row.opens(c)?)).collect::<Vec<_>>();
            let (reviews, history) = (ids(&row.review), ids(&row.history));
            let is_empty = sees.is_empty() && receives.is_empty() && opens.is_empty();
            if is_empty && reviews.is_empty() && history.is_empty() {
                continue;
            }
            sights.push(Sight {
                who: role.reads.clone(),
                whose: name(document, &role.agency),
                purpose: purpose.reads.clone(),
                owner: owner.name.clone(),
                sees,
                receives,
                opens,
                reviews,
                history,
                notifies: notifying(row.see(Category::Register)),
            });
        }
    }
    sights
}

fn ids(ruling: &Ruling) -> Vec<ClauseId> {
    ruling.permitting().iter().map(|clause| clause.id().clone()).collect()
}

fn notifying(ruling: &Ruling) -> Vec<ClauseId> {
    let clauses = ruling.permitting().iter().filter(|clause| clause.notifies().is_some());
    clauses.map(|clause| clause.id().clone()).collect()
}

fn name(document: &Document, agency: &AgencyId) -> String {
    document.party(agency).map_or_else(|| agency.to_string(), |party| party.name.clone())
}

fn bracketed(clauses: &[ClauseId]) -> String {
    let numbers: Vec<&str> = clauses.iter().map(ClauseId::as_str).collect();
    format!("[{}]", numbers.join(", "))
}

fn listed(given: &[Given]) -> String {
    let one = |given: &Given| format!("{} {}", given.heading, bracketed(&given.clauses));
    given.iter().map(one).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let AgreementRef { id, version, digest } = &self.agreement;
        writeln!(f, "{}\n", self.title)?;
        writeln!(f, "Agreement {id}, version {version}")?;
        writeln!(f, "Fingerprint {digest}")?;
        writeln!(f, "From {}", self.from)?;
        writeln!(f, "Until {}", self.until)?;
        writeln!(f, "\nLEGAL BASIS")?;
        self.legal_basis.iter().try_for_each(|basis| writeln!(f, "  {basis}"))?;
        writeln!(f, "\nPARTIES")?;
        self.parties.iter().try_for_each(|party| party.fmt(f))?;
        writeln!(f, "\nPURPOSES")?;
        self.purposes.iter().try_for_each(|(id, reads)| writeln!(f, "  {id}: {reads}"))?;
        writeln!(f, "\nWHO MAY SEE WHAT (the numbers are the clauses that permit it)")?;
        self.sights.iter().try_for_each(|sight| sight.fmt(f))?;
        for (who, whose) in &self.blind {
            writeln!(f, "\n  {who} ({whose})\n    Nothing, for no purpose.")?;
        }
        if !self.closed.is_empty() {
            writeln!(f, "\nNOBODY MAY SEE\n  {}", self.closed.join(", "))?;
        }
        writeln!(f, "\nTHE CLAUSES")?;
        self.clauses.iter().try_for_each(|clause| {
            let mark = match clause.origin() {
                crate::Origin::Agreement => "",
                crate::Origin::Local => "(this node's own rule) ",
            };
            writeln!(f, "  {}  {mark}{}", clause.id(), clause.reads())?;
            clause.notifies().map_or(Ok(()), |notified| {
                let who = notified.words();
                writeln!(f, "       A look-up without an attendance is told to {who}.")
            })
        })
    }
}

impl fmt::Display for PartyReading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  {} ({})", self.name, self.agency)?;
        for (name, office) in &self.approvers {
            writeln!(f, "    may sign: {name}, {office}")?;
        }
        self.telephones.iter().try_for_each(|(label, number)| writeln!(f, "    {label}: {number}"))
    }
}

impl fmt::Display for Sight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n  {} ({})", self.who, self.whose)?;
        writeln!(f, "    for: {}", self.purpose)?;
        if !self.sees.is_empty() {
            writeln!(f, "    of {}: {}", self.owner, listed(&self.sees))?;
        }
        if !self.receives.is_empty() {
            writeln!(f, "    handed over by {}: {}", self.owner, listed(&self.receives))?;
        }
        if !self.opens.is_empty() {
            writeln!(f, "    by breaking the glass, of {}: {}", self.owner, listed(&self.opens))?;
        }
        if !self.reviews.is_empty() {
            let clauses = bracketed(&self.reviews);
            writeln!(f, "    who looked, in the ledger of {}: yes {clauses}", self.owner)?;
        }
        if !self.history.is_empty() {
            let clauses = bracketed(&self.history);
            writeln!(f, "    attendances and last looks known to {}: yes {clauses}", self.owner)?;
        }
        if !self.notifies.is_empty() {
            let clauses = bracketed(&self.notifies);
            writeln!(f, "    a look-up on the register is told to the key worker: yes {clauses}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "reading_tests.rs"]
mod tests;
