//! Facts about one patient, asked live.

use futures::{StreamExt, TryStreamExt, stream};
use kinfold_domain::{Categories, Category, FactContent, Involvement, Professional, SummaryItem};
use kinfold_service::{
    Permit,
    ports::{Gathered, Rejected, SourceError},
};
use kinfold_wire::fhir::{
    Bundle, Known, Neighbours, PatientState, Problem, Problems, Reading, Resource, care_team,
    encounter, episode_of_care, general_practitioners, is_about, patient, patient_contacts,
    related_person, summary_item,
};

use super::SearchConfig;
use super::client::Trouble;
use super::server::Server;
use crate::fact_maker::FactMaker;

/// Searches that run side by side against one server.
const AT_ONCE: usize = 4;

pub(super) struct FactReader<'a> {
    pub(super) server: &'a Server,
    pub(super) searches: &'a [SearchConfig],
    pub(super) reading: &'a Reading,
    pub(super) permit: &'a Permit,
    pub(super) make: FactMaker,
}

/// One request, and the categories that are read from its answer.
struct Asked<'a> {
    search: &'a SearchConfig,
    categories: Categories,
}

impl Asked<'_> {
    /// What can't be read is missing from each category that is read from it.
    fn reject(&self, gathered: &mut Gathered, problems: Problems) {
        for problem in problems.into_found() {
            let categories = self.categories.iter();
            gathered.rejected.extend(categories.map(|c| rejected(Some(*c), problem.clone())));
        }
    }
}

impl FactReader<'_> {
    /// Everything permitted about the patient `id`. Of a sealed one, only that they are known: even a department tells whereabouts.
    pub(super) async fn about(&self, id: &str) -> Result<Gathered, SourceError> {
        let (patient, answers) = futures::try_join!(self.server.read("Patient", id), self.ask(id))?;
        let mut gathered = Gathered::default();
        let Some(resource) = patient else { return Ok(gathered) };
        // As the index of people names it: it is the same row.
        let mut problems = Problems::of(&resource.id);
        let state = self::patient(&resource, self.reading, &mut problems);
        reject(&mut gathered, None, problems);
        match state {
            Some(PatientState::Known(known)) => {
                let sealed = known.sealed;
                self.identity(&resource, *known, &mut gathered);
                if !sealed {
                    for (asked, pages) in &answers {
                        self.read(id, asked, pages, &mut gathered);
                    }
                }
            }
            Some(PatientState::Gone) => {}
            None => {
                return Err(SourceError::Garbled("the Patient record can't be read".to_owned()));
            }
        }
        Ok(gathered)
    }

    async fn ask(&self, id: &str) -> Result<Vec<(Asked<'_>, Vec<Bundle>)>, SourceError> {
        let wanted = self.wanted();
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let served = self.server.capabilities().await;
        let wanted = wanted.into_iter().filter(|asked| served.serves(&asked.search.resource));
        let wanted: Vec<Asked<'_>> = wanted.collect();
        let requests: Vec<_> = wanted.iter().map(|asked| self.pages(id, asked.search)).collect();
        let pages: Vec<Vec<Bundle>> =
            stream::iter(requests).buffered(AT_ONCE).try_collect().await?;
        Ok(wanted.into_iter().zip(pages).collect())
    }

    /// The searches that the permit needs, the same request once.
    fn wanted(&self) -> Vec<Asked<'_>> {
        let mut wanted: Vec<Asked<'_>> = Vec::new();
        for search in self.searches {
            let summary =
                matches!(search.category, Category::HealthSummary | Category::SocialCareSummary);
            let sensitive = self.permit.allows(Category::Sensitive)
                && (summary || search.category == Category::Attendances);
            if !self.permit.allows(search.category) && !sensitive {
                continue;
            }
            let same = wanted.iter_mut().find(|asked| {
                (&asked.search.resource, &asked.search.parameters, &asked.search.optional)
                    == (&search.resource, &search.parameters, &search.optional)
            });
            match same {
                Some(asked) => drop(asked.categories.insert(search.category)),
                None => {
                    wanted.push(Asked { search, categories: Categories::from([search.category]) });
                }
            }
        }
        wanted
    }

    async fn pages(&self, id: &str, search: &SearchConfig) -> Result<Vec<Bundle>, SourceError> {
        let parameters = search.parameters.replace("{patient}", id);
        let full = self.server.search(&search.resource, &[&parameters, &search.optional])?;
        match self.server.pages(full).await {
            Err(Trouble::Refused { .. }) if !search.optional.is_empty() => {
                let plain = self.server.search(&search.resource, &[&parameters])?;
                Ok(self.server.pages(plain).await?)
            }
            answer => Ok(answer?),
        }
    }

    fn identity(&self, resource: &Resource, known: Known, gathered: &mut Gathered) {
        let record = resource.record();
        self.give(&record, FactContent::Existence, gathered);
        if known.sealed {
            return;
        }
        if let Some(address) = &known.demographics.address {
            self.give(&record, FactContent::Address(address.clone()), gathered);
        }
        // Where the child lives is a category of its own, with a clause of its own.
        let mut identity = known.demographics;
        identity.address = None;
        identity.former_postcodes.clear();
        self.give(&record, FactContent::Demographics(Box::new(identity)), gathered);
        let mut problems = Problems::of(&record);
        for member in patient_contacts(resource, self.reading, &mut problems) {
            self.give(&record, FactContent::Household(member), gathered);
        }
        for practitioner in general_practitioners(resource, &Neighbours::none(self.reading)) {
            self.give(&record, FactContent::Contact(practitioner), gathered);
        }
        reject(gathered, Some(Category::Household), problems);
    }

    fn read(&self, id: &str, asked: &Asked<'_>, pages: &[Bundle], gathered: &mut Gathered) {
        let neighbours = Neighbours::of(pages, self.reading);
        for (place, entry) in pages.iter().flat_map(|page| &page.entries).enumerate() {
            if entry.included {
                continue;
            }
            let Some(resource) = &entry.resource else {
                let record = format!("{}, entry {}", asked.search.resource, place + 1);
                let mut problems = Problems::of(&record);
                problems
                    .refuse("Bundle.entry.resource", "is no resource with a type and a legal id");
                asked.reject(gathered, problems);
                continue;
            };
            if resource.kind != asked.search.resource {
                continue;
            }
            let mut problems = Problems::of(&resource.record());
            match is_about(resource, id) {
                Some(true) => {
                    self.read_one(asked, resource, &neighbours, (gathered, &mut problems));
                }
                Some(false) => problems.refuse(
                    "its subject",
                    "is another patient: the server seems to ignore the search's parameters",
                ),
                None => problems.refuse("its subject", "does not say which patient it is about"),
            }
            asked.reject(gathered, problems);
        }
    }

    fn read_one(
        &self,
        asked: &Asked<'_>,
        resource: &Resource,
        known: &Neighbours<'_>,
        (gathered, problems): (&mut Gathered, &mut Problems),
    ) {
        let record = resource.record();
        let contents = match resource.kind.as_str() {
            "Encounter" => {
                let visit = encounter(resource, known, self.reading, problems);
                visit.map(visit_content).into_iter().collect()
            }
            "CareTeam" => care_team(resource, known, self.reading, problems)
                .map(|team| team_contents(asked, team))
                .unwrap_or_default(),
            "EpisodeOfCare" => {
                let episode = episode_of_care(resource, known, self.reading, problems);
                episode.map(FactContent::Involvement).into_iter().collect()
            }
            "RelatedPerson" => {
                let relative = related_person(resource, self.reading, problems);
                relative.map(FactContent::Household).into_iter().collect()
            }
            _ => {
                let item = summary_item(resource, known, self.reading, problems);
                item.map(|item| item_content(asked.search.category, item.item, item.sensitive))
                    .into_iter()
                    .collect()
            }
        };
        for content in contents {
            self.give(&record, content, gathered);
        }
    }

    /// Nothing beyond the permit leaves the connector.
    fn give(&self, record: &str, content: FactContent, gathered: &mut Gathered) {
        if self.permit.allows(content.category()) {
            gathered.add(self.make.fact(record, content));
        }
    }
}

/// A visit that is sensitive itself needs the clause for that.
fn visit_content(visit: kinfold_wire::fhir::Visit) -> FactContent {
    if !visit.sensitive {
        return FactContent::Attendances(visit.attendance);
    }
    let attendance = visit.attendance;
    let reason = attendance.reason.map(kinfold_domain::Personal::into_exposed);
    let text = [Some(attendance.place), reason].into_iter().flatten().collect::<Vec<_>>();
    FactContent::Sensitive(SummaryItem {
        kind: "Attendance".to_owned(),
        text: text.join(", ").into(),
        on: Some(attendance.arrived.to_zoned(jiff::tz::TimeZone::UTC).date()),
        code: None,
    })
}

fn team_contents(
    asked: &Asked<'_>,
    (involvement, members): (Involvement, Vec<Professional>),
) -> Vec<FactContent> {
    let mut contents = Vec::new();
    if asked.categories.contains(&Category::Involvement) {
        contents.push(FactContent::Involvement(involvement));
    }
    if asked.categories.contains(&Category::Contact) {
        contents.extend(members.into_iter().map(FactContent::Contact));
    }
    contents
}

fn item_content(category: Category, item: SummaryItem, sensitive: bool) -> FactContent {
    match category {
        _ if sensitive => FactContent::Sensitive(item),
        Category::Sensitive => FactContent::Sensitive(item),
        Category::SocialCareSummary => FactContent::SocialCareSummary(item),
        _ => FactContent::HealthSummary(item),
    }
}

fn reject(gathered: &mut Gathered, category: Option<Category>, problems: Problems) {
    gathered.rejected.extend(problems.into_found().into_iter().map(|p| rejected(category, p)));
}

/// A resource's problem as somebody's work.
pub(super) fn rejected(category: Option<Category>, problem: Problem) -> Rejected {
    let Problem { record, loaded, problem } = problem;
    Rejected { category, record, loaded, problem }
}
