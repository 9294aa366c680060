"""Sign-in, under our own addresses. allauth's views and names; its sign-up and e-mail pages have no address here."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from allauth.socialaccount import views as provider
from allauth.usersessions import views as sessions
from django.urls import include, path, re_path
from django.views.generic import RedirectView

urlpatterns = [
    path("", account.login, name="account_login"),
    path("out/", account.logout, name="account_logout"),
    path("again/", account.reauthenticate, name="account_reauthenticate"),
    path("passkey/", keys.login_webauthn, name="mfa_login_webauthn"),
    path("devices/", sessions.list_usersessions, name="usersessions_list"),
    # The password
    path("password/", account.password_change, name="account_change_password"),
    path("password/first/", RedirectView.as_view(pattern_name="account_reset_password"), name="account_set_password"),
    path("password/forgotten/", account.password_reset, name="account_reset_password"),
    path("password/forgotten/sent/", account.password_reset_done, name="account_reset_password_done"),
    path("password/new/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    # The second step
    path("second-step/", mfa.index, name="mfa_index"),
    path("second-step/check/", mfa.authenticate, name="mfa_authenticate"),
    path("second-step/again/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("second-step/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("second-step/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("second-step/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("second-step/codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("second-step/codes/download/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("second-step/keys/", keys.list_webauthn, name="mfa_list_webauthn"),
    path("second-step/keys/add/", keys.add_webauthn, name="mfa_add_webauthn"),
    path("second-step/keys/again/", keys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("second-step/keys/<int:pk>/remove/", keys.remove_webauthn, name="mfa_remove_webauthn"),
    path("second-step/keys/<int:pk>/edit/", keys.edit_webauthn, name="mfa_edit_webauthn"),
    # The force's own sign-in
    path("force/cancelled/", provider.login_cancelled, name="socialaccount_login_cancelled"),
    path("force/error/", provider.login_error, name="socialaccount_login_error"),
    path("force/", include("allauth.socialaccount.providers.openid_connect.urls")),
]
