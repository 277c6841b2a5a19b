"""Triage: which opportunity is next, why, and how one sitting goes through them.  Pure: no clock, no screen."""
