//! `contentctl.yml`: the settings of all commands of the official tool, which one file holds.

use super::words::{BEHAVIOURS, NEW_CONTENT, STACKS};
use super::{FILLED, Form, Item, Key, Others, Shape, TEXT, Type, may, need};

/// The whole file. Keys that no command knows are let pass.
pub static CONTENTCTL: Shape = Shape { parts: &[VALIDATE, BUILD, TEST, INSPECT, OTHERS], others: Others::Usual };

/// Whether the validation reads this key of the file; the others are read by commands of their own.
pub fn is_of_validation(key: &str) -> bool {
    VALIDATE.iter().any(|known| known.name == key)
}

const PORT: Type = Type::Int { min: 2, max: 65_535 };

const VALIDATE: &[Key] = &[
    may("path", FILLED),
    may("app", Type::Map(&APP)),
    may("verbose", Type::Bool),
    may("enrichments", Type::Bool),
    may("build_app", Type::Bool),
    may("build_api", Type::Bool),
    may("build_ssa", Type::Bool),
    may("data_source_TA_validation", Type::Bool),
    may("enforce_deprecation_mapping_requirement", Type::Bool),
    may("test_data_caches", Type::List { item: Item::Map(&CACHE), min: 0 }),
];

/// The app that is built; what is not written has a default.
static APP: Shape = Shape {
    parts: &[&[
        may("uid", Type::Int { min: 2, max: 99_999 }),
        may("title", TEXT),
        may("appid", Type::Form(Form::AppId)),
        may("version", Type::Form(Form::SemanticVersion)),
        may("description", TEXT),
        may("prefix", TEXT),
        may("build", Type::Int { min: i64::MIN, max: i64::MAX }),
        may("label", TEXT),
        may("author_name", TEXT),
        may("author_email", TEXT),
        may("author_company", TEXT),
    ]],
    others: Others::Refused,
};

const BUILD: &[Key] = &[may("build_path", FILLED)];

static CACHE: Shape = Shape {
    parts: &[&[
        need("base_url", TEXT),
        need("base_directory_name", Type::Form(Form::CacheFolder)),
        may("helptext", TEXT),
    ]],
    others: Others::Usual,
};

const TEST: &[Key] = &[
    may("mode", Type::Map(&MODE)),
    may("post_test_behavior", Type::Word(&BEHAVIOURS)),
    may("test_instances", Type::List { item: Item::Map(&INSTANCE), min: 0 }),
    may("enable_integration_testing", Type::Bool),
    may("plan_only", Type::Bool),
    may("disable_tqdm", Type::Bool),
    may("apps", Type::List { item: Item::Map(&TEST_APP), min: 0 }),
    may("server_info", Type::Form(Form::Servers)),
    may("container_settings", Type::Map(&CONTAINERS)),
];

/// Empty for everything, or one of the two.
static MODE: Shape = Shape {
    parts: &[&[may("target_branch", TEXT), may("files", Type::List { item: Item::Text, min: 0 })]],
    others: Others::Ignored,
};

static INSTANCE: Shape = Shape {
    parts: &[&[
        may("splunk_app_username", TEXT),
        may("splunk_app_password", TEXT),
        may("instance_address", TEXT),
        may("hec_port", PORT),
        may("web_ui_port", PORT),
        may("api_port", PORT),
        may("instance_name", TEXT),
    ]],
    others: Others::Usual,
};

/// An app that is installed for tests. Its version is that of its publisher, who may count as he likes.
static TEST_APP: Shape = Shape {
    parts: &[&[
        may("uid", Type::Int { min: i64::MIN, max: i64::MAX }),
        need("title", TEXT),
        may("appid", Type::Form(Form::AppId)),
        need("version", TEXT),
        may("description", TEXT),
        may("hardcoded_path", FILLED),
    ]],
    others: Others::Refused,
};

static CONTAINERS: Shape = Shape {
    parts: &[&[
        may("leave_running", Type::Bool),
        may("num_containers", Type::Int { min: 1, max: i64::MAX }),
        may("full_image_path", TEXT),
    ]],
    others: Others::Usual,
};

const INSPECT: &[Key] = &[
    may("splunk_api_username", TEXT),
    may("splunk_api_password", TEXT),
    may("previous_build", TEXT),
    may("stack_type", Type::Word(&STACKS)),
    may("enable_metadata_validation", Type::Bool),
    may("suppress_missing_content_exceptions", Type::Bool),
    may("splunk_cloud_jwt_token", TEXT),
    may("splunk_cloud_stack", TEXT),
];

/// Of the commands that make new content and release notes.
const OTHERS: &[Key] =
    &[may("type", Type::Word(&NEW_CONTENT)), may("old_tag", TEXT), may("new_tag", TEXT), may("latest_branch", TEXT)];
