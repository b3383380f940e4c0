//! What a person may be, always in a jurisdiction.

use crate::name_enum;

name_enum! {
    /// A role in a jurisdiction. A person may hold several, in several jurisdictions.
    ///
    /// [`Self::name`]: the role's name in code, URLs and translation keys (`role-<name>`).
    pub enum Role {
        /// 居民: proposes, supports, comments, rates.
        Resident = "resident",
        /// 代表: votes in session, inspects, judges replies.
        Deputy = "deputy",
        /// 联络站工作人员: enters for people who don't go online.
        StationStaff = "station_staff",
        /// 承办单位: reviews feasibility, reports progress.
        UnitStaff = "unit_staff",
        /// 人大办公室: runs the cycle and the session.
        Office = "office",
        /// 监票人: holds a share of the key to the count.
        Scrutineer = "scrutineer",
        /// 总监票人: leads the scrutineers; freezing, opening and closing need this person beside the office.
        ChiefScrutineer = "chief_scrutineer",
        /// 计票人
        Teller = "teller",
        /// 执行主席: announces.
        Chair = "chair",
        /// 政府: proposes lists and changes.
        Government = "government",
        /// 常委会: reviews, approves changes.
        Committee = "committee",
        /// Runs the deployment for the jurisdiction.
        Admin = "admin",
    }
}

impl Role {
    /// Whether what the role may do is only done by somebody who has proved a second factor: whoever leads a vote, counts it,
    /// or says who may.
    pub const fn needs_factor(self) -> bool {
        match self {
            Self::Office | Self::Scrutineer | Self::ChiefScrutineer | Self::Chair | Self::Admin => {
                true
            }
            Self::Resident
            | Self::Deputy
            | Self::StationStaff
            | Self::UnitStaff
            | Self::Teller
            | Self::Government
            | Self::Committee => false,
        }
    }
}
