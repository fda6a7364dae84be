//! Detections.

use super::super::model::Generation;
use super::words::{
    ASSET_TYPES, CATEGORIES, DETECTION_STATUS, DETECTION_STATUS_V4, DETECTION_TYPES, DOMAINS, OBSERVABLE_TYPES,
    PRODUCTS, PRODUCTS_V6, RISK_TYPES, TEST_TYPES, THREAT_TYPES,
};
use super::{
    COMMON, COMMON_V6, CVES, FILLED, Form, Item, Key, NOT_NEGATIVE, Others, SAVED_SEARCH_NAME, SCHEDULING, SENTENCE,
    SOME_TEXTS, Shape, TEXT, TEXTS, Type, computed, may, need,
};

pub(super) fn of(generation: Generation) -> &'static Shape {
    match generation {
        Generation::V4 => &V4,
        Generation::V5 => &V5,
        Generation::V6 => &V6,
    }
}

static V4: Shape = Shape {
    parts: &[NAME, COMMON, &[need("status", Type::Word(&DETECTION_STATUS_V4))], BODY, V4_BODY],
    others: Others::Usual,
};
static V5: Shape = Shape {
    parts: &[NAME, COMMON, &[need("status", Type::Word(&DETECTION_STATUS))], BODY, V5_BODY],
    others: Others::Refused,
};
static V6: Shape = Shape {
    parts: &[NAME, COMMON_V6, &[need("status", Type::Word(&DETECTION_STATUS))], BODY, FLAT_TAGS, V6_BODY],
    others: Others::Ignored,
};

const NAME: &[Key] = &[need("name", Type::Name(SAVED_SEARCH_NAME))];

const BODY: &[Key] = &[
    need("type", Type::Word(&DETECTION_TYPES)),
    may("data_source", TEXTS),
    need("search", TEXT),
    need("how_to_implement", SENTENCE),
    need("known_false_positives", SENTENCE),
    may("enabled_by_default", Type::Bool),
    may("drilldown_searches", Type::List { item: Item::Map(&DRILLDOWN), min: 0 }),
    computed("cve_enrichment"),
    may("explanation", Type::Any),
    may("splunk_app_enrichment", Type::Any),
    may("macros", Type::Any),
];

const V4_BODY: &[Key] = &[
    may("deployment", Type::Map(&DEPLOYMENT_V4)),
    may("datamodel", Type::Any),
    computed("baselines"),
    need("tags", Type::Map(&TAGS_V4)),
    may("tests", Type::List { item: Item::Map(&TEST_V4), min: 0 }),
];

const V5_BODY: &[Key] = &[
    may("deployment", Type::Map(&DEPLOYMENT)),
    computed("baselines"),
    may("rba", Type::Map(&RBA)),
    need("tags", Type::Map(&TAGS_V5)),
    may("tests", Type::List { item: Item::Map(&TEST), min: 0 }),
];

const V6_BODY: &[Key] = &[
    may("finding", Type::Map(&FINDING)),
    may("intermediate_findings", Type::Map(&INTERMEDIATE)),
    may("threat_objects", Type::List { item: Item::Map(&THREAT), min: 0 }),
    need("category", Type::Word(&CATEGORIES)),
    may("baselines", TEXTS),
    may("schedule", TEXT),
    may("custom_schedule", Type::Map(&SCHEDULING)),
    // A mark that the migration leaves; `unfinished-content` speaks of it.
    may("MANUAL_REVIEW", Type::Any),
    may("throttling", Type::Map(&THROTTLING)),
    may("group", TEXTS),
    may("manual_test", TEXT),
    may("tests", Type::List { item: Item::Map(&TEST_V6), min: 0 }),
];

/// What v6 has at the top level.
const FLAT_TAGS: &[Key] = &[
    need("analytic_story", SOME_TEXTS),
    need("asset_type", Type::Word(&ASSET_TYPES)),
    may("atomic_guid", Type::List { item: Item::Form(Form::Uuid), min: 0 }),
    may("cve", CVES),
    may("mitre_attack_id", Type::List { item: Item::Form(Form::MitreId), min: 0 }),
    need("product", Type::List { item: Item::Word(&PRODUCTS_V6), min: 1 }),
    need("security_domain", Type::Word(&DOMAINS)),
];

static TAGS_V4: Shape = Shape { parts: &[TAGS, TAGS_V4_ONLY], others: Others::Usual };
static TAGS_V5: Shape = Shape { parts: &[TAGS], others: Others::Refused };

const TAGS: &[Key] = &[
    need("analytic_story", TEXTS),
    need("asset_type", Type::Word(&ASSET_TYPES)),
    may("group", TEXTS),
    may("mitre_attack_id", Type::List { item: Item::Form(Form::MitreId), min: 0 }),
    computed("mitre_attack_enrichments"),
    need("product", Type::List { item: Item::Word(&PRODUCTS), min: 1 }),
    need("security_domain", Type::Word(&DOMAINS)),
    may("cve", CVES),
    may("atomic_guid", Type::List { item: Item::Form(Form::Uuid), min: 0 }),
    may("throttling", Type::Map(&THROTTLING)),
    may("manual_test", TEXT),
    may("research_site_url", Type::Form(Form::Url)),
    may("event_schema", TEXT),
    may("mappings", Type::Any),
];

const PERCENT: Type = Type::Int { min: 0, max: 100 };

const TAGS_V4_ONLY: &[Key] = &[
    need("confidence", PERCENT),
    need("impact", PERCENT),
    need("message", TEXT),
    may("observable", Type::List { item: Item::Map(&OBSERVABLE), min: 0 }),
    need("required_fields", SOME_TEXTS),
    may("confidence_id", Type::Int { min: 1, max: 3 }),
    may("impact_id", Type::Int { min: 1, max: 5 }),
    may("evidence_str", TEXT),
    may("risk_score", Type::Any),
    may("kill_chain_phases", Type::Any),
    may("cis20", Type::Any),
    may("nist", Type::Any),
    may("severity", Type::Any),
];

static OBSERVABLE: Shape = Shape {
    parts: &[&[need("name", FILLED), need("type", Type::Word(&OBSERVABLE_TYPES)), need("role", TEXTS)]],
    others: Others::Usual,
};

static THROTTLING: Shape = Shape {
    parts: &[&[
        need("fields", Type::List { item: Item::Form(Form::FieldName), min: 1 }),
        need("period", Type::Form(Form::Period)),
    ]],
    others: Others::Ignored,
};

static DRILLDOWN: Shape = Shape {
    parts: &[&[
        need("name", Type::Text { min: 5, max: usize::MAX }),
        need("search", FILLED),
        Key { name: "earliest_offset", need: super::Need::Required, value: Type::TextOrNull },
        Key { name: "latest_offset", need: super::Need::Required, value: Type::TextOrNull },
    ]],
    others: Others::Ignored,
};

static RBA: Shape = Shape {
    parts: &[&[
        need("message", TEXT),
        need("risk_objects", Type::List { item: Item::Map(&RISK), min: 1 }),
        need("threat_objects", Type::List { item: Item::Map(&THREAT), min: 0 }),
    ]],
    others: Others::Ignored,
};

const SCORE: Type = Type::Int { min: 1, max: 100 };

static RISK: Shape = Shape {
    parts: &[&[need("field", TEXT), need("type", Type::Word(&RISK_TYPES)), need("score", SCORE)]],
    others: Others::Ignored,
};

static THREAT: Shape =
    Shape { parts: &[&[need("field", TEXT), need("type", Type::Word(&THREAT_TYPES))]], others: Others::Ignored };

static FINDING: Shape =
    Shape { parts: &[&[need("title", TEXT), need("entity", Type::Map(&ENTITY))]], others: Others::Ignored };

static INTERMEDIATE: Shape = Shape {
    parts: &[&[need("entities", Type::List { item: Item::Map(&ENTITY_WITH_MESSAGE), min: 1 })]],
    others: Others::Ignored,
};

const ENTITY_KEYS: &[Key] = &[need("field", TEXT), need("type", Type::Word(&RISK_TYPES)), need("score", PERCENT)];

static ENTITY: Shape = Shape { parts: &[ENTITY_KEYS], others: Others::Ignored };
static ENTITY_WITH_MESSAGE: Shape = Shape { parts: &[ENTITY_KEYS, &[need("message", TEXT)]], others: Others::Ignored };

static DEPLOYMENT_V4: Shape = Shape { parts: &[&[may("scheduling", Type::Map(&SCHEDULING))]], others: Others::Usual };
static DEPLOYMENT: Shape = Shape {
    parts: &[&[need("scheduling", Type::Map(&SCHEDULING)), may("alert_action", Type::Any)]],
    others: Others::Refused,
};

const TEST_KEYS: &[Key] = &[need("name", TEXT), may("earliest_time", TEXT), may("latest_time", TEXT)];

static TEST_V4: Shape = Shape {
    parts: &[
        TEST_KEYS,
        &[
            need("attack_data", Type::List { item: Item::Map(&ATTACK_DATA_V4), min: 0 }),
            may("pass_condition", Type::Any),
            may("file", Type::Any),
            may("baselines", Type::Any),
        ],
    ],
    others: Others::Usual,
};
static TEST: Shape = Shape {
    parts: &[TEST_KEYS, &[need("attack_data", Type::List { item: Item::Map(&ATTACK_DATA), min: 0 })]],
    others: Others::Refused,
};
static TEST_V6: Shape = Shape {
    parts: &[
        TEST_KEYS,
        &[
            need("test_type", Type::Word(&TEST_TYPES)),
            may("description", TEXT),
            may("expected_results", NOT_NEGATIVE),
            need("attack_data", Type::List { item: Item::Map(&ATTACK_DATA), min: 0 }),
        ],
    ],
    others: Others::Ignored,
};

const ATTACK_DATA_KEYS: &[Key] =
    &[need("data", TEXT), need("source", TEXT), need("sourcetype", TEXT), may("custom_index", TEXT), may("host", TEXT)];

static ATTACK_DATA_V4: Shape = Shape {
    parts: &[
        ATTACK_DATA_KEYS,
        &[may("update_timestamp", Type::Any), may("file_name", Type::Any), may("data_type", Type::Any)],
    ],
    others: Others::Usual,
};
static ATTACK_DATA: Shape = Shape { parts: &[ATTACK_DATA_KEYS], others: Others::Refused };
