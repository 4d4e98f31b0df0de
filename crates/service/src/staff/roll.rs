//! The roll of employees, as a personnel system writes it: a CSV file from which joiners, movers and leavers follow.

use std::collections::BTreeMap;

use kinfold_domain::{EmailAddress, UserName};

use super::{Employed, GivenPin, Job, NewEmployee, Staff, StaffError, named};

/// The longest file, in bytes.
pub const LONGEST_ROLL: usize = 8 << 20;
const COLUMNS: [&str; 4] = ["user_name", "name", "job_title", "role"];

/// What a file comes to, before anything of it is done.
#[derive(Default)]
pub struct Plan {
    /// Who gets an account.
    pub join: Vec<NewEmployee>,
    /// Who has another job.
    pub moved: Vec<(UserName, Job)>,
    /// Who had left and is in the file.
    pub back: Vec<(UserName, Job)>,
    /// Who is not in the file, where it is said to be whole.
    pub leave: Vec<UserName>,
    /// Who stays as they are.
    pub unchanged: usize,
    /// Lines that can't be taken, with what is wrong. While there is one, nothing of the file is done.
    pub wrong: Vec<(u64, String)>,
}

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub enum RollError {
    /// Too long.
    #[error("the file is longer than {} MiB", LONGEST_ROLL >> 20)]
    TooLong,
    /// A heading is missing, or it is no CSV at all.
    #[error(
        "the file has no column {0}: its first line names user_name, name, job_title, role and, if you like, email, separated by commas"
    )]
    NoColumn(&'static str),
    /// Some lines are wrong.
    #[error("{0} lines are wrong: nothing was changed")]
    Wrong(usize),
    /// A step failed.
    #[error("{source}; what came before it is done, and the same file again does the rest")]
    Staff {
        /// Why.
        #[from]
        source: StaffError,
    },
}

/// One line.
struct Row {
    user_name: UserName,
    name: String,
    job: Job,
    email: Option<EmailAddress>,
}

impl Plan {
    fn take(&mut self, row: Row, known: Option<&Employed>) {
        let Row { user_name, name, job, email } = row;
        match known {
            None => {
                let (job_title, role) = (job.title, job.role);
                self.join.push(NewEmployee { user_name, name, job_title, role, email });
            }
            Some(known) if known.left => self.back.push((user_name, job)),
            Some(known)
                if known.employee.role == job.role && known.employee.job_title == job.title =>
            {
                self.unchanged += 1;
            }
            Some(_) => self.moved.push((user_name, job)),
        }
    }
}

impl Staff {
    /// What a file comes to. `whole`: everybody who is not in it has left.
    pub async fn plan(&self, text: &str, whole: bool) -> Result<Plan, RollError> {
        let known = self.everybody().await?;
        let mut known: BTreeMap<UserName, Employed> =
            known.into_iter().map(|one| (one.employee.user_name.clone(), one)).collect();
        let (mut plan, mut lines) = (Plan::default(), BTreeMap::new());
        for (line, row) in rows(text)? {
            match row.and_then(|row| self.suits(row)) {
                Err(why) => plan.wrong.push((line, why)),
                Ok(row) => {
                    if let Some(first) = lines.insert(row.user_name.clone(), line) {
                        let why = "the same user name stands in line";
                        plan.wrong
                            .push((line, format!("{why} {first}: a user name is one person's")));
                    } else {
                        let known = known.remove(&row.user_name);
                        plan.take(row, known.as_ref());
                    }
                }
            }
        }
        if whole {
            let gone = known.into_iter().filter(|(_, one)| !one.left);
            plan.leave = gone.map(|(name, _)| name).collect();
        }
        Ok(plan)
    }

    /// Does what a file comes to; answers the PINs that were given. Leavers come first.
    pub async fn carry_out(&self, plan: Plan) -> Result<Vec<(UserName, GivenPin)>, RollError> {
        if !plan.wrong.is_empty() {
            return Err(RollError::Wrong(plan.wrong.len()));
        }
        for user_name in &plan.leave {
            self.leave(user_name, None).await?;
        }
        for (user_name, job) in plan.moved {
            self.move_to(&user_name, job, None).await?;
        }
        let mut pins = Vec::with_capacity(plan.join.len() + plan.back.len());
        for (user_name, job) in plan.back {
            let pin = self.come_back(&user_name, job, None).await?;
            pins.push((user_name, pin));
        }
        for new in plan.join {
            let user_name = new.user_name.clone();
            pins.push((user_name, self.join(new, None).await?));
        }
        Ok(pins)
    }

    fn suits(&self, row: Row) -> Result<Row, String> {
        let name = named(&row.name).map_err(|error| error.to_string())?;
        let title = named(&row.job.title).map_err(|error| error.to_string())?;
        self.check_role(&row.job.role).map_err(|error| error.to_string())?;
        Ok(Row { name, job: Job { title, ..row.job }, ..row })
    }
}

type Lines = Vec<(u64, Result<Row, String>)>;

fn rows(text: &str) -> Result<Lines, RollError> {
    if text.len() > LONGEST_ROLL {
        return Err(RollError::TooLong);
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
    let headings = reader.headers().map_err(|_| RollError::NoColumn(COLUMNS[0]))?.clone();
    let place = |wanted: &str| {
        headings.iter().position(|known| known.to_lowercase().replace(' ', "_") == wanted)
    };
    let mut places = [0; COLUMNS.len()];
    for (at, column) in places.iter_mut().zip(COLUMNS) {
        *at = place(column).ok_or(RollError::NoColumn(column))?;
    }
    let email = place("email");
    let lines = reader.records().enumerate().map(|(index, record)| {
        let Ok(record) = record else {
            return (index as u64 + 2, Err("this line is no text that can be read".to_owned()));
        };
        let line = record.position().map_or(0, csv::Position::line);
        let text = |at: usize| record.get(at).unwrap_or_default();
        let [user_name, name, title, role] = places.map(text);
        (line, row([user_name, name, title, role, email.map(text).unwrap_or_default()]))
    });
    Ok(lines.collect())
}

fn row([user_name, name, title, role, email]: [&str; 5]) -> Result<Row, String> {
    let user_name = user_name.to_lowercase().parse();
    let email = Some(email).filter(|email| !email.is_empty()).map(str::parse).transpose();
    Ok(Row {
        user_name: user_name.map_err(|_| {
            "a user name has letters, digits, dots and hyphens, like a.okafor".to_owned()
        })?,
        name: name.to_owned(),
        job: Job {
            title: title.to_owned(),
            role: role.parse().map_err(|_| "this is no role's name".to_owned())?,
        },
        email: email.map_err(|_| "this is no e-mail address".to_owned())?,
    })
}
