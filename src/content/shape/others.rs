//! All kinds but detections.

use super::super::model::Generation;
use super::d3fend::D3FEND;
use super::words::{
    ANY_STATUS, BASELINE_TYPES, DATA_MODELS, DEPLOYMENT_TYPES, DOMAINS, INVESTIGATION_PRODUCTS, INVESTIGATION_TYPES,
    LOOKUP_TYPES, PLAYBOOK_KINDS, PLAYBOOK_PRODUCTS, PLAYBOOK_TYPES, PLAYBOOK_USECASES, PRODUCTION, PRODUCTS,
    PRODUCTS_V6, REMOVED, STORY_CATEGORIES, STORY_STATUS, THEMES, USECASES, VPE_TYPES,
};
use super::{
    COMMON, COMMON_OPTIONAL, COMMON_V6, CVES, FILLED, Form, Item, Key, NOT_NEGATIVE, OBJECT_NAME, Others,
    SAVED_SEARCH_NAME, SCHEDULING, SENTENCE, SOME_TEXTS, Shape, TEXT, TEXTS, Type, may, need,
};

/// The shape of a generation.
const fn by<'s>(generation: Generation, v4: &'s Shape, v5: &'s Shape, v6: &'s Shape) -> &'s Shape {
    match generation {
        Generation::V4 => v4,
        Generation::V5 => v5,
        Generation::V6 => v6,
    }
}

const NAME: &[Key] = &[need("name", Type::Name(OBJECT_NAME))];
const SEARCH_NAME: &[Key] = &[need("name", Type::Name(SAVED_SEARCH_NAME))];
const STATUS_OF_STORY: &[Key] = &[may("status", Type::Word(&STORY_STATUS))];
const STATUS_OF_ALWAYS: &[Key] = &[may("status", Type::Word(&PRODUCTION))];

// Stories.

pub(super) fn story(generation: Generation) -> &'static Shape {
    static V4: Shape = Shape {
        parts: &[NAME, COMMON, STATUS_OF_STORY, NARRATIVE, &[need("tags", Type::Map(&STORY_TAGS_V4))]],
        others: Others::Usual,
    };
    static V5: Shape = Shape {
        parts: &[NAME, COMMON, STATUS_OF_STORY, NARRATIVE, &[need("tags", Type::Map(&STORY_TAGS))]],
        others: Others::Refused,
    };
    static V6: Shape =
        Shape { parts: &[NAME, COMMON_V6, STATUS_OF_STORY, NARRATIVE, STORY_FLAT], others: Others::Ignored };
    by(generation, &V4, &V5, &V6)
}

const NARRATIVE: &[Key] = &[need("narrative", TEXT)];

const STORY_KEYS: &[Key] = &[
    need("category", Type::List { item: Item::Word(&STORY_CATEGORIES), min: 1 }),
    need("product", Type::List { item: Item::Word(&PRODUCTS), min: 1 }),
    need("usecase", Type::Word(&USECASES)),
    may("cve", CVES),
    may("group", TEXTS),
    may("mitre_attack_enrichments", Type::Any),
    may("mitre_attack_tactics", Type::Any),
    may("datamodels", Type::Any),
    may("kill_chain_phases", Type::Any),
];
static STORY_TAGS: Shape = Shape { parts: &[STORY_KEYS], others: Others::Refused };
static STORY_TAGS_V4: Shape =
    Shape { parts: &[STORY_KEYS, &[may("analytic_story", Type::Any)]], others: Others::Refused };

const STORY_FLAT: &[Key] = &[
    need("category", Type::List { item: Item::Word(&STORY_CATEGORIES), min: 1 }),
    need("product", Type::List { item: Item::Word(&PRODUCTS_V6), min: 1 }),
    need("usecase", Type::Word(&USECASES)),
    may("cve", CVES),
    may("group", TEXTS),
];

// Macros.

pub(super) fn macro_(generation: Generation) -> &'static Shape {
    static V4: Shape = Shape { parts: &[NAME, COMMON_OPTIONAL, STATUS_OF_ALWAYS, MACRO], others: Others::Usual };
    static V5: Shape = Shape { parts: &[NAME, COMMON_OPTIONAL, STATUS_OF_ALWAYS, MACRO], others: Others::Refused };
    static V6: Shape = Shape { parts: &[NAME, COMMON_V6, STATUS_OF_ALWAYS, MACRO], others: Others::Ignored };
    by(generation, &V4, &V5, &V6)
}

const MACRO: &[Key] = &[need("definition", FILLED), may("arguments", TEXTS)];

// Lookups.

pub(super) fn lookup(generation: Generation) -> &'static Shape {
    static V4: Shape =
        Shape { parts: &[NAME, COMMON_OPTIONAL, STATUS_OF_ALWAYS, LOOKUP, LOOKUP_V4], others: Others::Usual };
    static V5: Shape = Shape { parts: &[NAME, COMMON, STATUS_OF_ALWAYS, LOOKUP, LOOKUP_V5], others: Others::Refused };
    static V6: Shape =
        Shape { parts: &[NAME, COMMON_V6, STATUS_OF_ALWAYS, LOOKUP, LOOKUP_V5], others: Others::Ignored };
    by(generation, &V4, &V5, &V6)
}

const LOOKUP: &[Key] = &[
    may("default_match", Type::TextOrBool),
    may("min_matches", NOT_NEGATIVE),
    may("max_matches", Type::Int { min: 1, max: 1000 }),
];
const LOOKUP_V4: &[Key] = &[
    may("filename", TEXT),
    may("collection", TEXT),
    may("fields_list", TEXT),
    may("fields", Type::Any),
    may("filter", TEXT),
    may("match_type", Type::Listed { item: Item::Form(Form::MatchType) }),
    may("case_sensitive_match", Type::TextOrBool),
];
const LOOKUP_V5: &[Key] = &[
    need("lookup_type", Type::Word(&LOOKUP_TYPES)),
    may("match_type", Type::List { item: Item::Form(Form::MatchType), min: 0 }),
    may("case_sensitive_match", Type::Bool),
    may("fields", TEXTS),
];

// Data sources.

pub(super) fn data_source(generation: Generation) -> &'static Shape {
    // Packs of v4 have data sources without version and description.
    static V4: Shape = Shape {
        parts: &[NAME, DATA_SOURCE_V4_COMMON, STATUS_OF_ALWAYS, DATA_SOURCE, &[may("raw_fields", TEXTS)]],
        others: Others::Usual,
    };
    static V5: Shape = Shape { parts: &[NAME, COMMON, STATUS_OF_ALWAYS, DATA_SOURCE], others: Others::Refused };
    static V6: Shape = Shape {
        parts: &[NAME, COMMON_V6, STATUS_OF_ALWAYS, DATA_SOURCE, &[may("logsource", Type::Map(&LOG_SOURCE))]],
        others: Others::Ignored,
    };
    by(generation, &V4, &V5, &V6)
}

const DATA_SOURCE_V4_COMMON: &[Key] = &[
    need("id", Type::Form(Form::Uuid)),
    may("version", NOT_NEGATIVE),
    need("date", Type::Form(Form::Date)),
    need("author", Type::Text { min: 0, max: 255 }),
    may("description", Type::Text { min: 0, max: 10_000 }),
    may("references", super::URLS),
    may("type", Type::Any),
    may("product", Type::Any),
    may("service", Type::Any),
    may("category", Type::Any),
    may("supported_targets", Type::Any),
];

const DATA_SOURCE: &[Key] = &[
    need("source", TEXT),
    need("sourcetype", TEXT),
    may("separator", TEXT),
    may("separator_value", TEXT),
    may("configuration", TEXT),
    may("supported_TA", Type::List { item: Item::Map(&ADD_ON), min: 0 }),
    may("fields", Type::List { item: Item::Any, min: 0 }),
    may("field_mappings", Type::List { item: Item::Any, min: 0 }),
    may("convert_to_log_source", Type::List { item: Item::Any, min: 0 }),
    may("mitre_components", TEXTS),
    may("output_fields", TEXTS),
    may("example_log", TEXT),
];
static ADD_ON: Shape = Shape {
    parts: &[&[need("name", TEXT), may("url", Type::Form(Form::Url)), need("version", TEXT)]],
    others: Others::Ignored,
};
static LOG_SOURCE: Shape =
    Shape { parts: &[&[may("product", TEXT), may("service", TEXT), may("category", TEXT)]], others: Others::Ignored };

// Baselines and investigations.

pub(super) fn baseline(generation: Generation) -> &'static Shape {
    static V4: Shape = Shape {
        parts: &[
            SEARCH_NAME,
            COMMON,
            STATUS_OF_STORY,
            BASELINE,
            &[
                may("deployment", Type::Any),
                may("datamodel", Type::List { item: Item::Word(&DATA_MODELS), min: 0 }),
                need("tags", Type::Map(&BASELINE_TAGS_V4)),
            ],
        ],
        others: Others::Usual,
    };
    static V5: Shape = Shape {
        parts: &[
            SEARCH_NAME,
            COMMON,
            STATUS_OF_STORY,
            BASELINE,
            &[may("deployment", Type::Map(&BASELINE_DEPLOYMENT)), need("tags", Type::Map(&BASELINE_TAGS))],
        ],
        others: Others::Refused,
    };
    static V6: Shape =
        Shape { parts: &[SEARCH_NAME, COMMON_V6, STATUS_OF_STORY, BASELINE_V6], others: Others::Ignored };
    by(generation, &V4, &V5, &V6)
}

const BASELINE: &[Key] = &[
    need("type", Type::Word(&BASELINE_TYPES)),
    need("search", SENTENCE),
    need("how_to_implement", SENTENCE),
    need("known_false_positives", SENTENCE),
];
const BASELINE_TAG_KEYS: &[Key] = &[
    need("analytic_story", TEXTS),
    need("detections", TEXTS),
    need("product", Type::List { item: Item::Word(&PRODUCTS), min: 1 }),
    need("security_domain", Type::Word(&DOMAINS)),
];
static BASELINE_TAGS: Shape = Shape { parts: &[BASELINE_TAG_KEYS], others: Others::Refused };
static BASELINE_TAGS_V4: Shape =
    Shape { parts: &[BASELINE_TAG_KEYS, &[need("required_fields", SOME_TEXTS)]], others: Others::Usual };
static BASELINE_DEPLOYMENT: Shape = Shape {
    parts: &[&[need("scheduling", Type::Map(&SCHEDULING)), may("alert_action", Type::Map(&ALERT_ACTION))]],
    others: Others::Refused,
};
const BASELINE_V6: &[Key] = &[
    need("search", SENTENCE),
    need("how_to_implement", SENTENCE),
    need("known_false_positives", SENTENCE),
    need("product", Type::List { item: Item::Word(&PRODUCTS_V6), min: 1 }),
    need("security_domain", Type::Word(&DOMAINS)),
    may("schedule", TEXT),
    may("custom_schedule", Type::Map(&SCHEDULING)),
];

pub(super) fn investigation(generation: Generation) -> &'static Shape {
    static V4: Shape = Shape {
        parts: &[
            SEARCH_NAME,
            COMMON,
            &[may("status", Type::Word(&ANY_STATUS))],
            INVESTIGATION,
            &[
                need("datamodel", Type::List { item: Item::Word(&DATA_MODELS), min: 0 }),
                need("tags", Type::Map(&INVESTIGATION_TAGS_V4)),
            ],
        ],
        others: Others::Usual,
    };
    static V5: Shape = Shape {
        parts: &[
            SEARCH_NAME,
            COMMON,
            &[may("status", Type::Word(&ANY_STATUS))],
            INVESTIGATION,
            &[need("tags", Type::Map(&INVESTIGATION_TAGS))],
        ],
        others: Others::Refused,
    };
    by(generation, &V4, &V5, &V5)
}

const INVESTIGATION: &[Key] = &[
    need("type", Type::Word(&INVESTIGATION_TYPES)),
    need("search", TEXT),
    need("how_to_implement", TEXT),
    need("known_false_positives", TEXT),
];
const INVESTIGATION_TAG_KEYS: &[Key] = &[
    need("analytic_story", SOME_TEXTS),
    need("product", Type::List { item: Item::Word(&INVESTIGATION_PRODUCTS), min: 1 }),
    need("security_domain", Type::Word(&DOMAINS)),
];
static INVESTIGATION_TAGS: Shape = Shape { parts: &[INVESTIGATION_TAG_KEYS], others: Others::Refused };
static INVESTIGATION_TAGS_V4: Shape =
    Shape { parts: &[INVESTIGATION_TAG_KEYS, &[need("required_fields", TEXTS)]], others: Others::Usual };

// Deployments and schedules.

pub(super) fn deployment(generation: Generation) -> &'static Shape {
    static V4: Shape = Shape {
        parts: &[NAME, DEPLOYMENT_COMMON, &[may("type", Type::Word(&DEPLOYMENT_TYPES)), may("tags", Type::Any)]],
        others: Others::Usual,
    };
    static V5: Shape = Shape {
        parts: &[NAME, DEPLOYMENT_COMMON, &[need("type", Type::Word(&DEPLOYMENT_TYPES))]],
        others: Others::Refused,
    };
    by(generation, &V4, &V5, &V5)
}

const DEPLOYMENT_COMMON: &[Key] = &[
    need("id", Type::Form(Form::Uuid)),
    need("date", Type::Form(Form::Date)),
    need("author", Type::Text { min: 0, max: 255 }),
    need("description", Type::Text { min: 0, max: 10_000 }),
    may("version", NOT_NEGATIVE),
    may("status", Type::Word(&PRODUCTION)),
    need("scheduling", Type::Map(&SCHEDULING)),
    may("alert_action", Type::Map(&ALERT_ACTION)),
];

static ALERT_ACTION: Shape = Shape {
    parts: &[&[
        may("email", Type::Map(&EMAIL)),
        may("notable", Type::Map(&NOTABLE)),
        may("rba", Type::Map(&RBA_ACTION)),
        may("slack", Type::Map(&SLACK)),
        may("phantom", Type::Map(&PHANTOM)),
    ]],
    others: Others::Refused,
};
static EMAIL: Shape =
    Shape { parts: &[&[need("message", TEXT), need("subject", TEXT), need("to", TEXT)]], others: Others::Refused };
static NOTABLE: Shape = Shape {
    parts: &[&[need("rule_description", TEXT), need("rule_title", TEXT), need("nes_fields", TEXTS)]],
    others: Others::Refused,
};
static RBA_ACTION: Shape = Shape { parts: &[&[may("enabled", Type::Bool)]], others: Others::Refused };
static SLACK: Shape = Shape { parts: &[&[need("channel", TEXT), need("message", TEXT)]], others: Others::Refused };
static PHANTOM: Shape = Shape {
    parts: &[&[
        need("cam_workers", TEXT),
        need("label", TEXT),
        need("phantom_server", TEXT),
        need("sensitivity", TEXT),
        need("severity", TEXT),
    ]],
    others: Others::Refused,
};

pub(super) static SCHEDULE: Shape = Shape {
    parts: &[
        NAME,
        COMMON_V6,
        &[
            need("cron_schedule", TEXT),
            need("earliest_time", TEXT),
            need("latest_time", TEXT),
            need("schedule_window", TEXT),
        ],
    ],
    others: Others::Ignored,
};

// Dashboards and removed objects.

pub(super) fn dashboard(generation: Generation) -> &'static Shape {
    static V4: Shape = Shape { parts: &[NAME, COMMON, STATUS_OF_ALWAYS, DASHBOARD], others: Others::Usual };
    static V5: Shape = Shape { parts: &[NAME, COMMON, STATUS_OF_ALWAYS, DASHBOARD], others: Others::Refused };
    static V6: Shape = Shape { parts: &[NAME, COMMON_V6, STATUS_OF_ALWAYS, DASHBOARD], others: Others::Ignored };
    by(generation, &V4, &V5, &V6)
}

const DASHBOARD: &[Key] = &[may("theme", Type::Word(&THEMES)), may("j2_template", Type::Any), may("label", TEXT)];

// Playbooks.

pub(super) fn playbook(generation: Generation) -> &'static Shape {
    static V4: Shape = Shape { parts: &[NAME, COMMON, STATUS_OF_ALWAYS, PLAYBOOK], others: Others::Usual };
    static V5: Shape = Shape { parts: &[NAME, COMMON, STATUS_OF_ALWAYS, PLAYBOOK], others: Others::Refused };
    // The newest generation has none that are published.
    static V6: Shape = Shape { parts: &[NAME, COMMON_V6, STATUS_OF_ALWAYS, PLAYBOOK], others: Others::Ignored };
    by(generation, &V4, &V5, &V6)
}

const PLAYBOOK: &[Key] = &[
    need("type", Type::Word(&PLAYBOOK_TYPES)),
    need("how_to_implement", SENTENCE),
    need("playbook", SENTENCE),
    need("app_list", TEXTS),
    need("tags", Type::Map(&PLAYBOOK_TAGS)),
];
static PLAYBOOK_TAGS: Shape = Shape {
    parts: &[&[
        may("analytic_story", Type::List { item: Item::Any, min: 0 }),
        may("detections", Type::List { item: Item::Any, min: 0 }),
        need("platform_tags", TEXTS),
        need("playbook_type", Type::Word(&PLAYBOOK_KINDS)),
        need("vpe_type", Type::Word(&VPE_TYPES)),
        may("playbook_fields", TEXTS),
        may("product", Type::List { item: Item::Word(&PLAYBOOK_PRODUCTS), min: 0 }),
        may("use_cases", Type::List { item: Item::Word(&PLAYBOOK_USECASES), min: 0 }),
        may("defend_technique_id", Type::List { item: Item::Word(&D3FEND), min: 0 }),
        may("labels", TEXTS),
        may("playbook_outputs", TEXTS),
    ]],
    others: Others::Refused,
};

pub(super) fn removed(_: Generation) -> &'static Shape {
    // The newest generation keeps the old shape and puts its dates in place of the date.
    static ANY: Shape =
        Shape { parts: &[NAME, REMOVED_COMMON, &[need("status", Type::Word(&REMOVED))]], others: Others::Usual };
    &ANY
}

const REMOVED_COMMON: &[Key] = &[
    need("id", Type::Form(Form::Uuid)),
    need("version", NOT_NEGATIVE),
    may("date", Type::Form(Form::Date)),
    may("creation_date", Type::Form(Form::Date)),
    may("modification_date", Type::Form(Form::Date)),
    need("author", Type::Text { min: 0, max: 255 }),
    need("description", Type::Text { min: 0, max: 10_000 }),
    may("references", super::URLS),
    may("deprecation_info", Type::Any),
];
