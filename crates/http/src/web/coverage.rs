//! Coverage: arrivals against checks made, as a chart, a table and CSV. Numbers only.

use axum::{extract::State, response::Response};
use kinfold_service::department::{Coverage, Covered};
use plotters::prelude::*;
use serde::Serialize;

use super::{
    Department, downloads,
    failure::Failure,
    session::{Open, SignedIn},
    site::{Shared, Site},
    spoken::{Moment, Spoken, day},
};

/// The chart's size in pixels.
const SIZE: (u32, u32) = (960, 300);
const ARRIVALS: RGBColor = RGBColor(0x76, 0x86, 0x92);
const CHECKED: RGBColor = RGBColor(0x00, 0x5e, 0xb8);

#[derive(Serialize)]
struct CoverageLine {
    label: String,
    arrivals: u32,
    checked: u32,
    share: String,
    answered: String,
    on_register: u32,
    recorded: u32,
    acknowledged: u32,
    acknowledged_after: String,
}

#[derive(Serialize)]
struct CoveragePage {
    at: Moment,
    all: CoverageLine,
    days: Vec<CoverageLine>,
    hours: Vec<CoverageLine>,
    chart: String,
}

fn department<'a>(site: &'a Site, open: &Open) -> Result<&'a Department, Failure> {
    let department = site.services.department.as_ref().filter(|_| site.reach(open).coverage);
    department.ok_or(Failure::NotForRole("Coverage is for information governance."))
}

/// `GET /coverage`
pub(super) async fn page(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    let coverage = department(&site, &open)?.coverage.count(&open.caller).await?;
    let page = CoveragePage {
        at: Spoken::at(coverage.at).moment(coverage.at),
        all: line("All".to_owned(), &coverage.all),
        days: coverage.days.iter().map(|(date, of)| line(day(*date), of)).collect(),
        hours: hours(&coverage).collect(),
        chart: chart(&coverage).map_err(|()| Failure::Panicked)?,
    };
    site.page(&open, ("/coverage", "coverage.html"), page)
}

/// `GET /coverage.csv`: by day. Counts, which the page shows as they are, so nothing more is asked.
pub(super) async fn csv(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    let coverage = department(&site, &open)?.coverage.count(&open.caller).await?;
    let text = table(&coverage).map_err(|_| Failure::Panicked)?;
    Ok(downloads::csv("coverage", text))
}

fn hours(coverage: &Coverage) -> impl Iterator<Item = CoverageLine> {
    let hours = (0..).zip(&coverage.hours).filter(|(_, of): &(u32, _)| of.arrivals > 0);
    hours.map(|(hour, of)| line(format!("{hour:02}:00 to {hour:02}:59"), of))
}

fn line(label: String, of: &Covered) -> CoverageLine {
    let share = u64::from(of.checked) * 1000 / u64::from(of.arrivals.max(1));
    CoverageLine {
        label,
        arrivals: of.arrivals,
        checked: of.checked,
        share: if of.arrivals == 0 {
            "–".to_owned()
        } else {
            format!("{}.{}%", share / 10, share % 10)
        },
        answered: of.answered_ms.map_or_else(
            || "–".to_owned(),
            |(middle, most)| format!("{middle} ms; 95 in a hundred within {most} ms"),
        ),
        on_register: of.on_register,
        recorded: of.recorded,
        acknowledged: of.acknowledged,
        acknowledged_after: of
            .acknowledged_s
            .map_or_else(|| "–".to_owned(), |seconds| format!("{} min", seconds / 60)),
    }
}

fn table(coverage: &Coverage) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "day",
        "arrivals",
        "checked",
        "answered_ms_median",
        "answered_ms_p95",
        "on_register",
        "recorded",
        "acknowledged",
        "acknowledged_s_median",
    ])?;
    let text = |value: Option<u64>| value.map(|value| value.to_string()).unwrap_or_default();
    for (date, of) in &coverage.days {
        writer.write_record([
            date.to_string(),
            of.arrivals.to_string(),
            of.checked.to_string(),
            text(of.answered_ms.map(|(middle, _)| middle)),
            text(of.answered_ms.map(|(_, most)| most)),
            of.on_register.to_string(),
            of.recorded.to_string(),
            of.acknowledged.to_string(),
            text(of.acknowledged_s),
        ])?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// Arrivals by hour of the day, and over them the checks: what stays grey was not checked.
fn chart(coverage: &Coverage) -> Result<String, ()> {
    let mut svg = String::new();
    draw(&mut svg, coverage).map_err(|_| ())?;
    Ok(svg)
}

fn draw(
    svg: &mut String,
    coverage: &Coverage,
) -> Result<(), DrawingAreaErrorKind<<SVGBackend<'static> as DrawingBackend>::ErrorType>> {
    let most = coverage.hours.iter().map(|of| of.arrivals).max().unwrap_or(0).max(4);
    let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .margin(12)
        .x_label_area_size(32)
        .y_label_area_size(44)
        .build_cartesian_2d((0..23_u32).into_segmented(), 0..most)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .x_labels(24)
        .x_label_formatter(&|hour| match hour {
            SegmentValue::CenterOf(hour) => hour.to_string(),
            SegmentValue::Exact(_) | SegmentValue::Last => String::new(),
        })
        .y_label_formatter(&ToString::to_string)
        .draw()?;
    let of_hours = |count: fn(&Covered) -> u32| {
        (0..24_u32).zip(&coverage.hours).map(move |(hour, of)| (hour, count(of)))
    };
    for (colour, count) in
        [(ARRIVALS, (|of| of.arrivals) as fn(&Covered) -> u32), (CHECKED, |of| of.checked)]
    {
        let bars = Histogram::vertical(&chart).style(colour.filled()).margin(4);
        chart.draw_series(bars.data(of_hours(count)))?;
    }
    area.present()
}
