"""The events: what each type says, how one is read, and how it is written down."""
