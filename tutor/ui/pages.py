"""The pages that can be laid over any screen."""

from __future__ import annotations

from textual.app import App

from tutor.ui.preferences import Preferences


class PagedApp(App[None]):
    """An app with help, settings, and what differs from a real cluster."""

    preferences: Preferences

    def action_help(self) -> None:
        """Help on what is focused; if that is in view, put it away."""
        from tutor.ui.screens.help import HelpScreen

        if isinstance(self.screen, HelpScreen):
            self.screen.dismiss()
        else:
            self.push_screen(HelpScreen.about(self.screen, self.preferences.keys))

    def action_differences(self) -> None:
        """What differs from a real cluster."""
        from tutor.ui.screens.help import differences_page

        self.push_screen(differences_page())

    def action_settings(self) -> None:
        """Settings and keys."""
        from tutor.ui.screens.settings import SettingsScreen

        if not isinstance(self.screen, SettingsScreen):
            self.push_screen(SettingsScreen(self.preferences))
