"""Photos that families send for enrolment: sealed, few, and gone as soon as they are decided on."""
