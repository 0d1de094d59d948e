from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, false, true
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base, UtcDateTime
from cloud.kit.ids import new_id


class MealPolicy(Base):
    """A school without a row serves no meals."""

    __tablename__ = "meal_policy"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"), primary_key=True)
    cut_off: Mapped[time]
    """Where the school stands; 08:00 mostly."""
    kitchen_email: Mapped[str] = mapped_column(String(254), default="", server_default="")
    """Where the day's sheet is sent once it is locked; empty: nowhere, the kitchen reads its page."""
    families_may_ask: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Guardians ask for meals in their page; somebody at the school decides."""
    families_may_end: Mapped[bool] = mapped_column(default=True, server_default=true())


class MealRegistration(Base):
    """A pupil eats at school from a day on; until a day, or until further notice."""

    __tablename__ = "meal_registration"

    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id", ondelete="CASCADE"), primary_key=True)
    first_day: Mapped[date] = mapped_column(primary_key=True)
    last_day: Mapped[date | None]
    weekdays: Mapped[int] = mapped_column(default=127, server_default="127")
    """A bit a weekday, Monday the lowest."""
    diet: Mapped[str] = mapped_column(String(60), default="", server_default="")
    """What the kitchen has to know: vegetarian, no shrimp; empty for what everybody eats."""


class MealWish(Base):
    """A guardian asks for meals; the school answers."""

    __tablename__ = "meal_wish"
    __table_args__ = (Index("ix_meal_wish_school_id_state", "school_id", "state"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"))
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id", ondelete="CASCADE"), index=True)
    first_day: Mapped[date]
    weekdays: Mapped[int]
    diet: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(12))
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MealSheet(Base):
    """The day's count as the kitchen gets it: locked, sent, received."""

    __tablename__ = "meal_sheet"
    __table_args__ = (Index("ix_meal_sheet_due_at", "due_at"),)

    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    locked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    email: Mapped[str] = mapped_column(String(254))
    """Where it goes; empty: nowhere."""
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it is sent, or tried again; also the end of the lease of whoever is sending it. None: nothing to do."""
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failure: Mapped[str] = mapped_column(String(300), default="", server_default="")
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When somebody in the kitchen said so."""
    received_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    """None: by the link in the e-mail."""


class MealSupplement(Base):
    """So many portions more than were locked, for pupils of whom it was known only afterwards that they are here."""

    __tablename__ = "meal_supplement"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """1 for the day's first."""
    portions: Mapped[int]
    by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When somebody in the kitchen said so."""
    received_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    """None: by the link in the e-mail."""


class MealPortion(Base):
    """Who was counted at the cut-off, which never changes, and who was added by a supplement."""

    __tablename__ = "meal_portion"

    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    class_id: Mapped[UUID] = mapped_column(ForeignKey("school_class.id"))
    diet: Mapped[str] = mapped_column(String(60))
    in_doubt: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Nobody could place the pupil at the cut-off."""
    supplement: Mapped[int | None]
    """By which of the day's supplements the pupil became a portion; whoever was in doubt stays so written."""


class MealMenu(Base):
    """What there is to eat on a day; a dish a line."""

    __tablename__ = "meal_menu"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    dishes: Mapped[str] = mapped_column(Text)


class MealFeedback(Base):
    """How a pupil liked the meal of a day: one for each pupil and day, the latest holds."""

    __tablename__ = "meal_feedback"
    __table_args__ = (Index("ix_meal_feedback_school_id_day", "school_id", "day"),)

    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"))
    stars: Mapped[int]
    """1 to 5."""
    dish: Mapped[str] = mapped_column(String(120))
    """Empty: the meal as a whole."""
    comment: Mapped[str] = mapped_column(String(500))
    by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class MealCount(Base):
    """The locked count of a class; never changed."""

    __tablename__ = "meal_count"

    class_id: Mapped[UUID] = mapped_column(ForeignKey("school_class.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    portions: Mapped[int]
    in_doubt: Mapped[int]
    locked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MealExcuse(Base):
    """That fees were told of an excused day."""

    __tablename__ = "meal_excuse"

    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    noticed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    before_cut_off: Mapped[bool]
