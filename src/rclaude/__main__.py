from rclaude.entry import main

main()
