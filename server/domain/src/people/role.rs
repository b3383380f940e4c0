//! What a person may be, always in a jurisdiction.

use serde::{Deserialize, Serialize};

/// A role in a jurisdiction. A person may hold several, in several jurisdictions.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, sqlx::Type,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum Role {
    /// 居民: proposes, supports, comments, rates.
    Resident,
    /// 代表: votes in session, inspects, judges replies.
    Deputy,
    /// 联络站工作人员: enters for people who don't go online.
    StationStaff,
    /// 承办单位: reviews feasibility, reports progress.
    UnitStaff,
    /// 人大办公室: runs the cycle and the session.
    Office,
    /// 监票人: holds a share of the key to the count.
    Scrutineer,
    /// 总监票人: leads the scrutineers; freezing, opening and closing need this person beside the office.
    ChiefScrutineer,
    /// 计票人
    Teller,
    /// 执行主席: announces.
    Chair,
    /// 政府: proposes lists and changes.
    Government,
    /// 常委会: reviews, approves changes.
    Committee,
    /// Runs the deployment for the jurisdiction.
    Admin,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 12] = [
        Self::Resident,
        Self::Deputy,
        Self::StationStaff,
        Self::UnitStaff,
        Self::Office,
        Self::Scrutineer,
        Self::ChiefScrutineer,
        Self::Teller,
        Self::Chair,
        Self::Government,
        Self::Committee,
        Self::Admin,
    ];

    /// The role's name in code, URLs and translation keys (`role-<name>`).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Resident => "resident",
            Self::Deputy => "deputy",
            Self::StationStaff => "station_staff",
            Self::UnitStaff => "unit_staff",
            Self::Office => "office",
            Self::Scrutineer => "scrutineer",
            Self::ChiefScrutineer => "chief_scrutineer",
            Self::Teller => "teller",
            Self::Chair => "chair",
            Self::Government => "government",
            Self::Committee => "committee",
            Self::Admin => "admin",
        }
    }
}
