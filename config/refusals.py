"""What is wrong with a settings file, in the operator's words.

The validator's own messages are for programmers and in one language; :data:`WHYS` says each kind in both.
"""

from __future__ import annotations

from settlement.errors import Phrase, SettingsError, Words

_SAFE_ZH = "没有动任何钱，程序没有启动。"
_SAFE_EN = "No money has moved; the program did not start."


class SettingsMissing(SettingsError):
    """The settings file is not there."""

    phrase = Phrase(
        code="SETTINGS-FILE-MISSING",
        zh=Words(
            "找不到设置文件 {file}。",
            _SAFE_ZH,
            "请在终端窗口中运行 yibao setup，或把 deploy/settings.example.toml 复制到那里并按本店填写。",
            "不要借用别的门店的文件。",
        ),
        en=Words(
            "There is no settings file {file}.",
            _SAFE_EN,
            "Run yibao setup in a terminal window, or copy deploy/settings.example.toml there and fill it in for this shop.",
            "Do not borrow the file of another shop.",
        ),
    )


class SettingsUnreadable(SettingsError):
    """The settings file cannot be read as UTF-8 text."""

    phrase = Phrase(
        code="SETTINGS-FILE-UNREADABLE",
        zh=Words("读不了设置文件 {file}（{reason}）。", _SAFE_ZH, "请检查文件权限，并以 UTF-8 编码保存。", "不要为此改用管理员身份运行。"),
        en=Words(
            "The settings file {file} cannot be read ({reason}).",
            _SAFE_EN,
            "Check its permissions and save it as UTF-8.",
            "Do not run as administrator to get around it.",
        ),
    )


class SettingsNotToml(SettingsError):
    """The settings file is not TOML."""

    phrase = Phrase(
        code="SETTINGS-NOT-TOML",
        zh=Words(
            "设置文件 {file} 第 {line} 行不是正确的 TOML（{reason}）。", _SAFE_ZH, "请改正这一行：文字要加双引号。", "不要删去整段设置。"
        ),
        en=Words(
            "The settings file {file} is not TOML at line {line} ({reason}).",
            _SAFE_EN,
            "Correct that line: text stands in double quotes.",
            "Do not delete the whole section.",
        ),
    )


class SettingUnknown(SettingsError):
    """A key that does not exist: most often a typing error."""

    phrase = Phrase(
        code="SETTINGS-KEY-UNKNOWN",
        zh=Words(
            "设置文件 {file} 中的 {key} 不是已知的设置。", _SAFE_ZH, "请改正拼写（可用：{known}）或删去它。", "不要指望不认识的设置会生效。"
        ),
        en=Words(
            "{key} in the settings file {file} is no setting.",
            _SAFE_EN,
            "Correct its spelling (there are: {known}) or remove it.",
            "Do not expect an unknown setting to do anything.",
        ),
    )


class SettingAbsent(SettingsError):
    """A key without a default was not given."""

    phrase = Phrase(
        code="SETTINGS-KEY-MISSING",
        zh=Words(
            "设置文件 {file} 缺少 {key}。",
            _SAFE_ZH,
            "请补上它；deploy/settings.example.toml 说明了含义。",
            "不要随意填写：它会写进每一笔结算。",
        ),
        en=Words(
            "The settings file {file} lacks {key}.",
            _SAFE_EN,
            "Add it; deploy/settings.example.toml says what it means.",
            "Do not fill in just anything: it goes into every settlement.",
        ),
    )


class SettingRefused(SettingsError):
    """A value of the wrong type, form or size."""

    phrase = Phrase(
        code="SETTINGS-VALUE",
        zh=Words(
            "设置文件 {file} 中 {key} 的值 {value} 不可用：{why_zh}。", _SAFE_ZH, "请改正这个值后重新启动。", "不要用别的设置来绕过它。"
        ),
        en=Words(
            "The value {value} of {key} in the settings file {file} cannot be used: {why_en}.",
            _SAFE_EN,
            "Correct the value and start again.",
            "Do not work around it with another setting.",
        ),
    )


WHYS: dict[str, tuple[str, str]] = {
    "string_type": ("应为加双引号的文字", "it must be text in double quotes"),
    "int_type": ("应为整数", "it must be a whole number"),
    "float_type": ("应为数字", "it must be a number"),
    "bool_type": ("应为 true 或 false", "it must be true or false"),
    "dict_type": ("应为一段 [ ] 设置", "it must be a [ ] section"),
    "model_type": ("应为一段 [ ] 设置", "it must be a [ ] section"),
    "tuple_type": ("应为方括号中的列表", "it must be a list in brackets"),
    "finite_number": ("应为有限的数", "it must be a finite number"),
    "greater_than": ("应大于 {gt}", "it must be greater than {gt}"),
    "greater_than_equal": ("不得小于 {ge}", "it must be at least {ge}"),
    "less_than_equal": ("不得大于 {le}", "it must be at most {le}"),
    "string_too_short": ("至少 {min_length} 个字", "it needs at least {min_length} characters"),
    "string_too_long": ("最多 {max_length} 个字", "it takes at most {max_length} characters"),
    "institution_code": ("应为 1 个大写字母加 11 位数字", "it must be one capital letter and eleven digits"),
    "one_line": ("应为一行文字，不含换行和控制字符", "it must be one line without control characters"),
    "area_code": ("应为 6 位数字", "it must be six digits"),
    "till_number": ("应为 00 到 49 的两位数字", "it must be two digits from 00 to 49"),
    "address": (
        "应为 http:// 或 https:// 开头的地址，不带参数和密码",
        "it must be an address with http:// or https://, without query or password",
    ),
    "gateway_path": ("应为以 / 开头的路径，不带参数", "it must be a path that begins with /, without query"),
    "gateway_secret": ("{gateway} 网关必须填写 secret_file", "a {gateway} gateway needs secret_file"),
    "gateway_account": ("{gateway} 网关必须填写 account", "a {gateway} gateway needs account"),
    "gateway_api_name": ("csb 网关必须填写 api_name", "a csb gateway needs api_name"),
    "enum": ("只能是 {expected}", "it must be one of {expected}"),
    "literal_error": ("只能是 {expected}", "it must be one of {expected}"),
    "level_at_pharmacy": ("药店没有医院等级，应为空", "a pharmacy has no level: leave it empty"),
    "level_missing": ("诊所和医院必须填写等级 1、2 或 3", "a clinic or hospital needs its level 1, 2 or 3"),
    "connect_beyond_exchange": ("不得大于 exchange_s", "it may not exceed exchange_s"),
    "printer_address": (
        "{printer} 打印机的地址不对，写法见 deploy/settings.example.toml",
        "it is no address of a printer of the kind {printer}",
    ),
    "training_elsewhere": (
        "培训只能用模拟读卡器和本机的模拟中心",
        "training has a simulated reader and a simulated centre on this machine, and nothing else",
    ),
    "component_address": ("写明解码组件的地址 url。", "Give the component's address as url."),
    "slots_missing": ("模拟读卡器必须指明 slot_dir", "a simulated reader needs slot_dir"),
    "psam_name": ("没有名为 {name} 的密钥（可用：{known}）", "there is no key named {name} (there are: {known})"),
    "screen_action": ("没有名为 {name} 的操作（可用：{known}）", "there is no action named {name} (there are: {known})"),
    "screen_key": (
        "“{key}”不能作操作键，可用 f1 到 f24、ctrl 加字母等不输入文字的键",
        "“{key}” cannot be the key of an action: use one that types nothing, such as f1 to f24 or ctrl and a letter",
    ),
    "screen_key_twice": ("{key} 同时给了 {one} 和 {other}", "{key} is the key of both {one} and {other}"),
    "psam_key": ("形式应为“卡密钥 用途/PSAM 密钥”，例如 86 27/2A", "its form is card key, purpose/PSAM key, such as 86 27/2A"),
}
"""Kind of validation error → why the value is refused, (Chinese, English)."""
