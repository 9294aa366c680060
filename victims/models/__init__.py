"""The welfare side's rows, in four modules: what may be owed, the referral, its clocks, and the care that follows."""

from victims.models.care import (
    Appointment,
    Complaint,
    Consent,
    Contact,
    Goal,
    Handover,
    NeedsAssessment,
    OnwardReferral,
    PersonalStatement,
    RelatedPerson,
    Representative,
    Satisfaction,
)
from victims.models.clocks import Clock, ClockNotice
from victims.models.entitlements import Entitlement, NoticeStep, SupportService
from victims.models.referrals import Referral

__all__ = [
    "Appointment",
    "Clock",
    "ClockNotice",
    "Complaint",
    "Consent",
    "Contact",
    "Entitlement",
    "Goal",
    "Handover",
    "NeedsAssessment",
    "NoticeStep",
    "OnwardReferral",
    "PersonalStatement",
    "Referral",
    "RelatedPerson",
    "Representative",
    "Satisfaction",
    "SupportService",
]
