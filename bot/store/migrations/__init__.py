"""The steps from one form of the tables to the next, run by `bot.store.database.upgrade_database`."""
