//! Children, facts and employees to tell stories with: plainly synthetic.

use jiff::civil::date;
use kinfold_domain::{
    AbuseCategory, Address, AsAt, BirthDate, Categories, Category, Demographics, Employee,
    EmployeeId, Fact, FactContent, HouseholdMember, NhsNumber, Person, PersonId, PersonName,
    Personal, Professional, RegisterEntry, RegisterPhones, RegisterStatus, Sex, Source, Subject,
    SummaryItem,
};
use uuid::Uuid;

use super::{ScriptedSource, start};
use crate::{
    Caller,
    pooled_view::ViewQuestion,
    ports::{Rejected, SessionId, SourceSystem},
};

/// The `n`th of the NHS numbers that are reserved for tests.
pub fn nhs_number(n: usize) -> NhsNumber {
    let mut numbers = (999_000_000_u64..).flat_map(|body| {
        (0..10).filter_map(move |check| format!("{body}{check}").parse::<NhsNumber>().ok())
    });
    numbers.nth(n).expect("there are enough numbers")
}

/// The `n`th child: another number, birth date and postcode each, and this name.
pub fn child(n: usize, family: &str, given: &str) -> Demographics {
    let day = i8::try_from(n % 28).expect("a day") + 1;
    let postcode = format!("S6{} {}AB", n % 10, (n / 10) % 10).parse().expect("a postcode");
    Demographics {
        nhs_number: Some(nhs_number(n)),
        birth_date: Some(BirthDate::new(day, 3, 2019).expect("a date")),
        sex: Sex::Female,
        address: Some(Address {
            lines: vec![format!("{n} Quarryside Lane").into(), "Ashmoor".into()],
            postcode: Some(postcode),
        }),
        ..Demographics::named(PersonName::new(family, given).expect("a name"))
    }
}

/// A child as a source's index has it.
pub fn person(source: &ScriptedSource, record: &str, demographics: &Demographics) -> Person {
    let id = PersonId { source: source.name().to_owned(), record: record.to_owned() };
    Person { id, demographics: demographics.clone(), sealed: false, as_at: AsAt(start()) }
}

/// A child's entry: a current plan, with everything that an entry can say.
pub fn entry(id: &str, subject: &Demographics) -> RegisterEntry {
    RegisterEntry {
        id: id.parse().expect("a label"),
        status: RegisterStatus::ChildProtectionPlan,
        subject: subject.clone(),
        expected: None,
        initial_category: Some(AbuseCategory::Neglect),
        category: Some(AbuseCategory::Neglect),
        legal_basis: None,
        start: date(2025, 9, 1),
        end: None,
        previous_plans: 0,
        next_review: Some(date(2026, 8, 1)),
        professionals: vec![Professional {
            name: "Keyworker Testperson".into(),
            role: "Key worker".to_owned(),
            team: Some("North team".to_owned()),
            telephone: Some("01632 960111".parse().expect("a telephone")),
        }],
        phones: RegisterPhones {
            office: "01632 960001".parse().expect("a telephone"),
            emergency_duty_team: "01632 960002".parse().expect("a telephone"),
        },
        household: vec![HouseholdMember {
            name: "Mother Testperson".into(),
            relationship: "Mother".to_owned(),
            birth_date: None,
            sex: Sex::Female,
            parental_responsibility: true,
            has_plan: false,
        }],
        school: Some("Quarryside Infant School".into()),
        sealed: None,
        successor: None,
        handing_over: None,
    }
}

/// A fact as a source of that agency tells it.
pub fn fact(agency: &str, record: &str, content: FactContent) -> Fact {
    let source = Source {
        agency: agency.parse().expect("a label"),
        system: "test".to_owned(),
        record: record.to_owned(),
    };
    Fact { content, source, as_at: AsAt(start()) }
}

/// A row that can't be loaded at all.
pub fn rejected(category: Option<Category>, record: &str, problem: &str) -> Rejected {
    let (record, problem) = (record.to_owned(), problem.to_owned());
    Rejected { category, record, loaded: false, problem }
}

/// An item of a summary.
pub fn summary(text: &str) -> SummaryItem {
    let text = Personal::new(text.to_owned());
    SummaryItem { kind: "Condition".to_owned(), text, on: None, code: None }
}

/// An employee; the same one for the same user name.
pub fn employee(agency: &str, user_name: &str, role: &str) -> Employee {
    let id = user_name.bytes().fold(1_u128, |id, byte| id.wrapping_mul(257) ^ u128::from(byte));
    Employee {
        id: EmployeeId(Uuid::from_u128(id)),
        user_name: user_name.parse().expect("a label"),
        name: format!("{user_name} Testperson").into(),
        job_title: "Tester".to_owned(),
        agency: agency.parse().expect("a label"),
        role: role.parse().expect("a label"),
    }
}

/// That employee, signed in.
pub fn caller(agency: &str, user_name: &str, role: &str) -> Caller {
    Caller::new(employee(agency, user_name, role), SessionId([1; 32]), start())
}

/// Whom somebody means who types an NHS number alone.
pub fn subject_of(number: NhsNumber) -> Subject {
    Subject { nhs_number: Some(number), ..Subject::default() }
}

/// Everything about a child, for a purpose.
pub fn question(subject: Subject, purpose: &str) -> ViewQuestion {
    ViewQuestion {
        subject,
        purpose: purpose.parse().expect("a label"),
        wanted: Categories::from(Category::ALL),
        person: None,
    }
}
