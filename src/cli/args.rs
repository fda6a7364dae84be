//! What can be written on the command line.

use crate::content::model::Generation;
use crate::content::pack::Kind;
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// A compiler for Splunk detection content: check, test, search, document.
#[derive(Debug, Parser)]
#[command(name = "escudo", version, about, max_term_width = 100, propagate_version = true)]
pub(super) struct Args {
    /// Colours: `auto` follows the terminal and NO_COLOR
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto, global = true, value_name = "WHEN")]
    pub(super) color: ColorChoice,
    /// No progress bar, no notes; results and errors only
    #[arg(long, short, global = true)]
    pub(super) quiet: bool,
    /// The most memory to use, such as 512MB: a search, hunt or test that needs more ends with an error
    #[arg(long, global = true, value_name = "SIZE")]
    pub(super) memory: Option<String>,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub(super) enum ColorChoice {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Say what is wrong in a pack, at the exact character
    #[command(visible_alias = "validate")]
    Check(CheckArgs),
    /// Replay the attack data that detections name against their searches
    Test(TestArgs),
    /// Render story and detection pages
    Docs(DocsArgs),
    /// Run one search over log files
    Search(SearchArgs),
    /// Run every rule of a pack over log files
    Hunt(HuntArgs),
    /// Show what a detection's search becomes (expansion, plan, fields), or how one event got its fields
    Explain(ExplainArgs),
    /// Give the searches of a pack one layout: a pipe per line, in a block scalar
    Fmt(FmtArgs),
    /// Rewrite a pack to a newer schema generation, and say what could not be kept
    Migrate(MigrateArgs),
    /// Write the JSON Schema of content files, for editors
    Schema(SchemaArgs),
    /// Check, test and document a pack into one folder
    Build(BuildArgs),
}

/// Which pack.
#[derive(Clone, Debug, ClapArgs)]
pub(super) struct PackArgs {
    /// A pack, a folder inside one, or single files of one; only these are reported on
    #[arg(value_name = "PACK", default_value = ".")]
    pub(super) pack: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) known: KnownArgs,
}

/// What else is known.
#[derive(Clone, Debug, Default, ClapArgs)]
pub(super) struct KnownArgs {
    /// A further pack whose macros, lookups, stories and data sources count as known (repeatable)
    #[arg(long = "with", value_name = "PACK")]
    pub(super) with: Vec<PathBuf>,
    /// A Splunk app whose knowledge objects (props, tags, data models, macros) are added (repeatable)
    #[arg(long = "app", value_name = "DIR")]
    pub(super) apps: Vec<PathBuf>,
    /// Use this configuration [default: the first escudo.toml in the pack's folder or above]
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Use no configuration file
    #[arg(long, conflicts_with = "config")]
    pub(super) no_config: bool,
    /// The schema generation of the pack [default: told by the keys of each file]
    #[arg(long, value_enum, value_name = "GENERATION")]
    pub(super) schema: Option<SchemaChoice>,
}

/// A schema generation.
#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub(super) enum SchemaChoice {
    /// contentctl 4: observables, confidence and impact
    V4,
    /// contentctl 5: an `rba` block
    V5,
    /// Since May 2026: flat tags and findings
    V6,
}

impl From<SchemaChoice> for Generation {
    fn from(choice: SchemaChoice) -> Self {
        match choice {
            SchemaChoice::V4 => Self::V4,
            SchemaChoice::V5 => Self::V5,
            SchemaChoice::V6 => Self::V6,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub(super) enum CheckFormat {
    /// Drawn for people
    Human,
    /// An array of objects
    Json,
    /// SARIF 2.1.0
    Sarif,
    /// GitHub workflow annotations
    Github,
    /// JUnit XML
    Junit,
}

#[derive(Debug, ClapArgs)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    pub(super) pack: PackArgs,
    /// Also say what could be better
    #[arg(long)]
    pub(super) advice: bool,
    /// Correct what has one right text: misspelt names, operators, doubled items, filter macros, file names
    #[arg(long, conflicts_with = "stdin_filename")]
    pub(super) fix: bool,
    /// Check again whenever a file of the pack is saved
    #[arg(long, conflicts_with_all = ["stdin_filename", "fix"])]
    pub(super) watch: bool,
    /// Read this file of a pack from standard input, and report on it alone: for editors and hooks
    #[arg(long, value_name = "FILE", conflicts_with = "pack")]
    pub(super) stdin_filename: Option<PathBuf>,
    /// Say what a check means, and how to silence it
    #[arg(long, value_name = "CHECK", exclusive = true)]
    pub(super) explain: Option<String>,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = CheckFormat::Human)]
    pub(super) format: CheckFormat,
}

#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub(super) enum TestFormat {
    /// A table for people
    Human,
    /// An array of objects
    Json,
    /// JUnit XML
    Junit,
    /// Comma-separated values with a header; of `--matrix`
    Csv,
}

/// Where test data comes from.
#[derive(Clone, Debug, Default, ClapArgs)]
pub(super) struct DataArgs {
    /// Folder with `datasets/...` as in the attack_data repository (repeatable)
    #[arg(long, value_name = "DIR")]
    pub(super) data: Vec<PathBuf>,
    /// Test only with data that is here: download nothing, skip the rest
    #[arg(long)]
    pub(super) only_available: bool,
    /// Folder for downloaded data [default: the user's cache folder]
    #[arg(long, value_name = "DIR", env = "ESCUDO_CACHE")]
    pub(super) cache: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
#[expect(clippy::struct_excessive_bools, reason = "flags of the command line")]
pub(super) struct TestArgs {
    #[command(flatten)]
    pub(super) pack: PackArgs,
    #[command(flatten)]
    pub(super) data: DataArgs,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = TestFormat::Human)]
    pub(super) format: TestFormat,
    /// Also write a summary in the official tool's form (test_results/summary.yml) to this file
    #[arg(long, value_name = "FILE")]
    pub(super) summary: Option<PathBuf>,
    /// Only detections that TEXT covers: part of the name or path, or the id; `*` and `?` are wildcards; `name:`, `id:`,
    /// `story:`, `type:`, `status:` or `path:` before it says what is meant (repeatable: any of them)
    #[arg(long, value_name = "TEXT")]
    pub(super) filter: Vec<String>,
    /// Only detections of which a test failed in the last run
    #[arg(long)]
    pub(super) failed: bool,
    /// Only detections that changed since a git commit, or that depend on a changed macro, lookup or data source
    #[arg(long, value_name = "REF")]
    pub(super) changed_since: Option<String>,
    /// Also tests that the official tool leaves out: of experimental and deprecated detections, and those done by hand
    #[arg(long)]
    pub(super) all: bool,
    /// Run over logs in which nothing is to be found: a row is a false positive and fails
    #[arg(long, value_name = "PATH")]
    pub(super) benign: Option<PathBuf>,
    /// Run every detection over every dataset that is here, and list the hits
    #[arg(long, conflicts_with = "summary")]
    pub(super) matrix: bool,
    /// Make events from each search: a set that must match, and near misses that must not
    #[arg(long, conflicts_with_all = ["matrix", "benign", "summary"])]
    pub(super) synthesize: bool,
    /// Folder for the events that `--synthesize` makes
    #[arg(long, short, value_name = "DIR", requires = "synthesize")]
    pub(super) output: Option<PathBuf>,
    /// Threads to use [default: one per core]
    #[arg(long, value_name = "N")]
    pub(super) jobs: Option<usize>,
}

#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub(super) enum Layout {
    /// Jekyll pages with front matter
    Jekyll,
    /// Plain Markdown pages with relative links
    Markdown,
    /// A whole static site: search, ATT&CK matrix, plans; works without a server
    Html,
}

#[derive(Debug, ClapArgs)]
pub(super) struct DocsArgs {
    #[command(flatten)]
    pub(super) pack: PackArgs,
    /// Folder to write
    #[arg(long, short, value_name = "DIR")]
    pub(super) output: PathBuf,
    /// The form of the pages
    #[arg(long, value_enum, default_value_t = Layout::Markdown)]
    pub(super) layout: Layout,
    /// Jinja2 templates of your own: a folder with a site.yml
    #[arg(long, value_name = "DIR", conflicts_with = "layout")]
    pub(super) templates: Option<PathBuf>,
    /// ATT&CK techniques: a STIX bundle, a folder of STIX objects, or a CSV file with id, name, tactics, state
    /// [default: the embedded release]
    #[arg(long, value_name = "PATH")]
    pub(super) attack: Option<PathBuf>,
    /// Summaries and scores of vulnerabilities: a file or folder of NVD (API 2.0, feed 1.1) or CVE JSON 5 records
    #[arg(long, value_name = "PATH")]
    pub(super) cve: Option<PathBuf>,
    /// Write nothing; fail if the pages in the folder are not what would be written
    #[arg(long)]
    pub(super) check: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub(super) enum RowFormat {
    /// A table for people
    Table,
    /// JSON lines: one object per row; multivalue fields are arrays
    #[value(alias = "jsonl")]
    Json,
    /// Comma-separated values with a header
    Csv,
    /// Parquet, compressed; multivalue fields are lists
    Parquet,
}

#[derive(Debug, ClapArgs)]
pub(super) struct SearchArgs {
    /// The search; on a terminal, without one (or with `-i`) searches are read line by line
    #[arg(value_name = "SPL")]
    pub(super) spl: Option<String>,
    /// Log files; `-` is standard input
    #[arg(value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Read the search from a file
    #[arg(long, short = 'f', value_name = "FILE")]
    pub(super) file: Option<PathBuf>,
    /// Read searches line by line, with history and completion; every argument is a log file
    #[arg(long, short = 'i', conflicts_with = "file")]
    pub(super) interactive: bool,
    /// Only events from this time on: -24h@h, 2025-03-12, 2025-03-12T10:00:00, seconds since 1970
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(super) earliest: Option<String>,
    /// Only events before this time
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(super) latest: Option<String>,
    /// What `now()` and relative times count from [default: now]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(super) now: Option<String>,
    /// A pack whose macros and lookups the search may use
    #[arg(long, value_name = "DIR")]
    pub(super) pack: Option<PathBuf>,
    /// The rows of a lookup: a CSV file (repeatable)
    #[arg(long = "lookup", value_name = "NAME=FILE")]
    pub(super) lookups: Vec<String>,
    /// Let `outputlookup` and `outputcsv` write files; otherwise they write the run's own copy of a table
    #[arg(long)]
    pub(super) allow_write: bool,
    /// Where addresses are, for `iplocation`: a database in MaxMind's format
    #[arg(long, value_name = "FILE", env = "ESCUDO_GEOIP")]
    pub(super) geoip: Option<PathBuf>,
    #[command(flatten)]
    pub(super) known: KnownArgs,
    /// The files hold CIM events of this dataset already, such as Endpoint.Processes
    #[arg(long, value_name = "MODEL.DATASET")]
    pub(super) datamodel: Option<String>,
    #[command(flatten)]
    pub(super) meta: MetaArgs,
    /// Form of the output [default: by the name of the output, or a table]
    #[arg(long, value_enum)]
    pub(super) format: Option<RowFormat>,
    /// Write the rows to this file
    #[arg(long, short = 'o', value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub(super) enum HuntFormat {
    /// Hits by rule, techniques, risk by entity: for people
    Table,
    /// A line per hit, entity and technique, then a summary; each line has a `kind`
    Jsonl,
    /// One object with all of it
    Json,
    /// A record per hit and entity
    Csv,
}

/// Hits are what a hunt is for: the exit status is 0 with and without hits, 1 if a file could not be read in full, 2 if the
/// hunt could not be done, 130 if it was ended by Ctrl-C (the report then says that it is partial).
#[derive(Debug, ClapArgs)]
pub(super) struct HuntArgs {
    /// Log files and folders of any mix; `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
    /// The pack whose rules are run: a pack, a folder inside one, or single files of one (repeatable)
    #[arg(long, value_name = "PACK", default_value = ".")]
    pub(super) pack: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) known: KnownArgs,
    #[command(flatten)]
    pub(super) meta: MetaArgs,
    /// Only rules whose name contains this text, or that have this id, story or ATT&CK technique; letter case ignored
    #[arg(long, value_name = "TEXT")]
    pub(super) filter: Option<String>,
    /// Only events from this time on: 2026-01-31T00:00:00, seconds since the epoch, or relative to now (-7d@d)
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(super) earliest: Option<String>,
    /// Only events before this time
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(super) latest: Option<String>,
    /// Threads to use [default: one per core]
    #[arg(long, value_name = "N")]
    pub(super) jobs: Option<usize>,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = HuntFormat::Table)]
    pub(super) format: HuntFormat,
    /// Write the output to a file
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Also write a layer for the ATT&CK Navigator to this file
    #[arg(long, value_name = "FILE")]
    pub(super) navigator: Option<PathBuf>,
    /// Replace output files that exist
    #[arg(long)]
    pub(super) clobber: bool,
    /// List the sources seen, and every rule that did not run with its reason
    #[arg(long, short)]
    pub(super) verbose: bool,
}

/// Where events say they come from.
#[derive(Clone, Debug, Default, ClapArgs)]
pub(super) struct MetaArgs {
    /// Source type of all files [default: recognised from their content]
    #[arg(long, value_name = "NAME")]
    pub(super) sourcetype: Option<String>,
    /// Source of all files
    #[arg(long, value_name = "NAME")]
    pub(super) source: Option<String>,
    /// Host of all files
    #[arg(long, value_name = "NAME")]
    pub(super) host: Option<String>,
    /// Index of all files
    #[arg(long, value_name = "NAME")]
    pub(super) index: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub(super) enum ExplainFormat {
    /// Text for people
    Human,
    /// One object
    Json,
}

#[derive(Debug, ClapArgs)]
pub(super) struct ExplainArgs {
    /// A detection: its name, its id or its file
    #[arg(value_name = "DETECTION", required_unless_present = "event")]
    pub(super) detection: Option<String>,
    /// The pack that holds it [default: the pack of the file, or the current folder]
    #[arg(long, value_name = "DIR", conflicts_with = "event")]
    pub(super) pack: Option<PathBuf>,
    /// Instead of a detection, explain one event of a log file: which settings gave its fields, its eventtypes and
    /// tags, and the data sets it is in; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "detection")]
    pub(super) event: Option<PathBuf>,
    /// Which event of the file, from 1
    #[arg(long, value_name = "N", default_value_t = 1, requires = "event", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) nth: u64,
    /// Why the event is in this data set or not, such as Endpoint.Processes (repeatable) [default: those it is in, and
    /// those it misses by little]
    #[arg(long, value_name = "MODEL.DATASET", requires = "event")]
    pub(super) dataset: Vec<String>,
    #[command(flatten)]
    pub(super) known: KnownArgs,
    #[command(flatten)]
    pub(super) meta: MetaArgs,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = ExplainFormat::Human)]
    pub(super) format: ExplainFormat,
}

#[derive(Debug, ClapArgs)]
pub(super) struct FmtArgs {
    #[command(flatten)]
    pub(super) pack: PackArgs,
    /// Change nothing: list the files that would change, and end with status 1 if there are any
    #[arg(long)]
    pub(super) check: bool,
    /// Read this file of a pack from standard input and write it to standard output: for editors. `-` as PACK reads a
    /// search alone
    #[arg(long, value_name = "FILE", conflicts_with = "pack")]
    pub(super) stdin_filename: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(super) struct SchemaArgs {
    /// A kind of object: detection, story, macro, lookup, data_source, baseline, ...
    #[arg(value_name = "KIND", value_parser = super::schema::kind, required_unless_present = "output")]
    pub(super) kind: Option<Kind>,
    /// The schema generation [default: v5]
    #[arg(long, value_enum, value_name = "GENERATION")]
    pub(super) schema: Option<SchemaChoice>,
    /// Write a file per kind to this folder
    #[arg(long, short, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub(super) enum MigrateFormat {
    /// Lines for people
    Human,
    /// One object: changes and remarks
    Json,
}

#[derive(Debug, ClapArgs)]
pub(super) struct MigrateArgs {
    #[command(flatten)]
    pub(super) pack: PackArgs,
    /// The generation to reach
    #[arg(long, value_enum, value_name = "GENERATION")]
    pub(super) to: SchemaChoice,
    /// Write the migrated pack to this folder, which must be new [default: change the files in place]
    #[arg(long, short, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,
    /// Write nothing; say what would change
    #[arg(long, conflicts_with = "output")]
    pub(super) dry_run: bool,
    /// Keep risk scores as they are; otherwise v6's standard scores are set: TTP 50, Anomaly 20
    #[arg(long)]
    pub(super) keep_scores: bool,
    /// Date for objects that have none, such as 2026-05-13 [default: today, UTC]
    #[arg(long, value_name = "DATE")]
    pub(super) date: Option<String>,
    /// Say all of what is lost, changed and added, file by file
    #[arg(long, short)]
    pub(super) verbose: bool,
    /// Form of the report
    #[arg(long, value_enum, default_value_t = MigrateFormat::Human)]
    pub(super) format: MigrateFormat,
}

#[derive(Debug, ClapArgs)]
pub(super) struct BuildArgs {
    #[command(flatten)]
    pub(super) pack: PackArgs,
    #[command(flatten)]
    pub(super) data: DataArgs,
    /// Folder to write
    #[arg(long, short, value_name = "DIR")]
    pub(super) output: PathBuf,
    /// ATT&CK techniques: a CSV file with id, name, tactics, state [default: the embedded release]
    #[arg(long, value_name = "FILE")]
    pub(super) attack: Option<PathBuf>,
}
