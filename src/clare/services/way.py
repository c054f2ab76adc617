"""The way to other hosts: inside a fleet it is one program, and without it nobody is reached."""


def check_way(url: str) -> None:
    """Raise NoTransport where an address needs `rclaude`, and there is no proper one."""
    if url.startswith("rclaude://"):
        from clare import transport  # its models take long to load

        transport.check()
