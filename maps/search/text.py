"""Words as the index compares them: without case, accents, spaces and punctuation, in simplified
characters.

`folded` is applied to names and to queries alike, so whatever it forgets is forgotten on both
sides. The table of traditional characters below covers what place names are made of (a few hundred
characters); a traditional character outside it still finds its place by its sound
(`maps.search.pinyin`), and the hit then says so. Not here: sounds, numerals, relations.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

# Traditional and simplified, in pairs. One traditional character has one simplified form; the
# reverse is not true and is never needed.
_PAIRS: Final = (
    "縣县鎮镇鄉乡區区灣湾橋桥龍龙陽阳陰阴東东門门關关馬马魚鱼鳥鸟鳳凤雞鸡鵝鹅鴨鸭鶴鹤鷹鹰華华"
    "國国會会園园廣广場场廠厂莊庄廟庙衛卫醫医療疗學学機机車车輪轮鐵铁銀银錢钱銅铜鋼钢鐘钟錫锡"
    "鎖锁鍋锅鏡镜線线經经緯纬紅红綠绿黃黄藍蓝蒼苍葉叶蘆芦蘇苏蓮莲薑姜蘭兰藥药樹树樓楼檔档櫃柜"
    "楊杨榮荣樂乐極极標标棟栋檢检權权條条來来倉仓億亿優优兒儿冊册沖冲溝沟滬沪漢汉濱滨潰溃濟济"
    "瀏浏灘滩滿满漁渔潛潜澤泽濕湿淺浅淵渊溫温湯汤瀋沈漲涨渾浑島岛嶺岭嶽岳峽峡崗岗岡冈嶼屿嵐岚"
    "壩坝壢坜塊块墳坟墻墙壟垄塵尘壘垒堅坚報报塢坞長长萬万開开間间閘闸閣阁閱阅聞闻閩闽闊阔隊队"
    "陳陈陸陆階阶際际隱隐險险雙双雜杂離离難难雲云電电霧雾靈灵頂顶項项順顺頭头題题顏颜願愿顧顾"
    "風风飛飞飯饭館馆養养驛驿駕驾驗验騎骑點点黨党齊齐齒齿龜龟麗丽麥麦鹽盐鹹咸麵面鬧闹鬥斗體体"
    "髮发農农進进遠远運运過过達达還还邊边鄧邓鄭郑鄰邻醬酱釀酿釋释裏里裡里製制複复補补裝装覽览"
    "觀观計计訊讯記记設设許许診诊詩诗話话該该語语誠诚調调談谈請请論论證证譚谭護护讓让議议變变"
    "豐丰貝贝財财貨货貫贯貴贵買买費费資资賓宾賢贤質质賴赖賀贺贊赞趙赵跡迹踐践躍跃軍军軒轩輕轻"
    "輔辅輝辉辦办邏逻個个倫伦偉伟側侧備备傳传傷伤儲储內内兩两凱凯別别劃划劉刘劍剑勝胜務务勞劳"
    "動动協协單单衝冲卻却參参吳吴員员問问喬乔喪丧嚴严圍围圓圆圖图團团執执墊垫壇坛壓压壯壮壽寿"
    "夢梦夥伙奮奋婦妇媽妈孫孙寧宁寶宝實实審审寫写寬宽專专將将對对導导屬属層层幣币師师帳帐帶带"
    "幫帮幹干幾几庫库應应廳厅張张強强彎弯彙汇後后徑径從从復复愛爱慶庆憲宪戰战戲戏戶户揚扬換换"
    "損损搖摇擇择擊击據据擴扩攔拦敵敌數数斷断於于時时晉晋曬晒曉晓書书朮术楓枫業业構构槍枪歐欧"
    "歲岁歷历歸归殘残殺杀氣气決决沒没況况淨净減减測测無无煙烟煉炼營营爐炉爾尔牆墙獅狮獨独獲获"
    "現现瑪玛環环產产畝亩畢毕畫画當当發发盜盗盡尽盤盘監监礦矿碼码礎础祿禄禪禅禮礼禦御種种稱称"
    "積积穩稳窩窝筆笔節节範范築筑簡简糧粮紀纪約约純纯紙纸級级紡纺細细終终組组結结給给統统絲丝"
    "綜综網网緊紧編编練练縱纵總总織织續续羅罗義义習习聖圣聯联聲声職职聽听肅肃腸肠膠胶臨临與与"
    "興兴舉举舊旧艦舰藝艺蔣蒋蕭萧薩萨處处號号蟲虫虛虚術术規规視视親亲覺觉貓猫鎢钨錦锦鋪铺鄒邹"
    "鄖郧鄺邝錄录鍾钟鐮镰閻阎"
)
SIMPLIFIED: Final = dict(zip(map(ord, _PAIRS[::2]), _PAIRS[1::2], strict=True))

# Letters that are no base letter with a mark; all others lose their marks by Unicode.
_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ŋ": "ng"}
)
# The second way of writing them, as people without the key type it (Dürnstein, Duernstein).
_DIGRAPHS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_WORD: Final = re.compile(r"[^\W_]+")
_SPACE: Final = re.compile(r"\s+")
# Apostrophes stand inside a word: xi'an, King's Cross, Côte d'Azur.
_APOSTROPHES: Final = str.maketrans({"'": "", "’": "", "ʼ": "", "`": ""})

_HAN_FIRST: Final = 0x3400
_HAN_LAST: Final = 0x9FFF
_HAN_BEYOND: Final = 0x20000


def is_han(letter: str) -> bool:
    """Whether the character is a Chinese one."""
    code = ord(letter)
    return _HAN_FIRST <= code <= _HAN_LAST or code >= _HAN_BEYOND


def words_of(text: str) -> list[str]:
    """The words of a name, folded: lower case, no accents, simplified; [] where nothing is left.

    Words end at spaces and punctuation; Chinese characters in a row are one word.
    """
    if text.isascii():
        return _WORD.findall(text.translate(_APOSTROPHES).lower())
    plain = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).casefold()
    plain = _unmarked(plain.translate(_LETTERS)).translate(SIMPLIFIED)
    return _WORD.findall(plain)


def folded(text: str) -> str:
    """The words of `words_of` in one piece."""
    return "".join(words_of(text))


def spellings(name: str) -> Iterator[list[str]]:
    """The folded words of a name, and once more with ä as ae where it has such letters."""
    first = words_of(name)
    if first:
        yield first
    if name.isascii():
        return
    lower = unicodedata.normalize("NFKC", name).casefold()
    second = words_of(lower.translate(_DIGRAPHS))
    if second and second != first:
        yield second


def clean(name: str) -> str:
    """A name as it is shown: no line breaks, single spaces, no spaces at the ends."""
    return _SPACE.sub(" ", name).strip()


def _unmarked(text: str) -> str:
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFD", text)
    if parts == text:
        return text
    kept = "".join(c for c in parts if unicodedata.category(c) != "Mn")
    return unicodedata.normalize("NFC", kept)
