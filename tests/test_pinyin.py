import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricecompare.calc.pinyin import READINGS, spellings


def usual(name):
    return " ".join(spellings(name)[0])


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("人参", "ren shen"),
        ("丹参", "dan shen"),
        ("玄参", "xuan shen"),
        ("参苓白术散", "shen ling bai zhu san"),
        ("芪参益气滴丸", "qi shen yi qi di wan"),
        ("小儿参术健脾丸", "xiao er shen zhu jian pi wan"),
        ("苍术", "cang zhu"),
        ("莪术油", "e zhu you"),
        ("手术", "shou shu"),
        ("重楼", "chong lou"),
        ("重组人干扰素", "chong zu ren gan rao su"),
        ("重酒石酸", "zhong jiu shi suan"),
        ("长春西汀", "chang chun xi ting"),
        ("中长链脂肪乳", "zhong chang lian zhi fang ru"),
        ("重组人生长激素", "chong zu ren sheng zhang ji su"),
        ("单硝酸异山梨酯", "dan xiao suan yi shan li zhi"),
        ("藏青果", "zang qing guo"),
        ("藏茵陈", "zang yin chen"),
        ("朝鲜淫羊藿", "chao xian yin yang huo"),
        ("川芎茶调颗粒", "chuan xiong cha tiao ke li"),
        ("调经止痛片", "tiao jing zhi tong pian"),
        ("乐脉颗粒", "le mai ke li"),
        ("降糖", "jiang tang"),
        ("和胃", "he wei"),
        ("阿胶", "e jiao"),
        ("阿归养血", "e gui yang xue"),
        ("阿莫西林", "a mo xi lin"),
        ("枳壳", "zhi qiao"),
        ("蛤蚧定喘丸", "ge jie ding chuan wan"),
        ("蛤蟆油", "ha ma you"),
        ("薄荷脑", "bo he nao"),
        ("没药", "mo yao"),
        ("射干", "she gan"),
        ("注射干扰素", "zhu she gan rao su"),
        ("颠茄", "dian qie"),
        ("佛手", "fo shou"),
        ("桑螵蛸", "sang piao xiao"),
        ("还少丹", "huan shao dan"),
        ("片仔癀", "pian zi huang"),
        ("黄柏", "huang bai"),
        ("炔诺酮", "que nuo tong"),
        ("酮咯酸", "tong luo suan"),
        ("咯血", "ka xue"),
        ("丙泊酚", "bing bo fen"),
        ("枸橼酸", "ju yuan suan"),
        ("枸杞子", "gou qi zi"),
        ("氢化可的松", "qing hua ke di song"),
        ("颈椎", "jing zhui"),
        ("荨麻疹", "xun ma zhen"),
        ("白术", "bai zhu"),
        ("厚朴", "hou po"),
        ("小儿广朴止泻口服液", "xiao er guang po zhi xie kou fu ye"),
        ("茯苓", "fu ling"),
        ("大黄", "da huang"),
        ("补骨脂", "bu gu zhi"),
        ("铁皮石斛", "tie pi shi hu"),
        ("地榆", "di yu"),
        ("车前子", "che qian zi"),
        ("牛蒡子", "niu bang zi"),
        ("血竭", "xue jie"),
        ("血塞通", "xue sai tong"),
        ("曲克芦丁", "qu ke lu ding"),
        ("神曲", "shen qu"),
        ("没食子", "mo shi zi"),
        ("侧柏叶", "ce bai ye"),
        ("茜草", "qian cao"),
        ("秦艽", "qin jiao"),
        ("葶苈子", "ting li zi"),
        ("硇砂", "nao sha"),
        ("阿魏", "a wei"),
        ("杜仲", "du zhong"),
        ("行军散", "xing jun san"),
        ("鹿角胶", "lu jiao jiao"),
        ("马来酸麦角新碱", "ma lai suan mai jiao xin jian"),
        ("小儿豉翘清热颗粒", "xiao er chi qiao qing re ke li"),
        ("壳聚糖", "ke ju tang"),
        ("给药", "ji yao"),
        ("咀嚼片", "ju jue pian"),
        ("泽泻", "ze xie"),
        ("番泻叶", "fan xie ye"),
        ("缬沙坦", "xie sha tan"),
        ("睾丸", "gao wan"),
        ("小儿咽扁颗粒", "xiao er yan bian ke li"),
        ("乌鸡白凤丸", "wu ji bai feng wan"),
        ("少腹逐瘀", "shao fu zhu yu"),
        ("小儿鞣酸小檗碱", "xiao er rou suan xiao bo jian"),
        ("氯化钠09", "lv hua na 0 9"),
        ("维生素b12", "wei sheng su b 1 2"),
    ],
)
def test_drug_names_are_read_as_the_trade_reads_them(name, spelled):
    assert usual(name) == spelled


@pytest.mark.parametrize(
    ("name", "also"),
    [
        ("枳壳", "zhi ke"),
        ("片仔癀", "pian zai huang"),
        ("黄柏", "huang bo"),
        ("咀嚼片", "ju jiao pian"),
        ("荨麻", "qian ma"),
        ("给药", "gei yao"),
        ("赖脯胰岛素", "lai pu yi dao su"),
        ("枸橼酸", "gou yuan suan"),
        ("金匮肾气丸", "jin kui shen qi wan"),
        ("溴吡斯的明", "xiu pi si de ming"),
        ("抗疟", "kang nue"),
    ],
)
def test_a_second_reading_is_known_too(name, also):
    assert tuple(also.split()) in spellings(name)


@pytest.mark.parametrize("word", READINGS)
def test_a_reading_has_a_syllable_per_character(word):
    assert all(len(way.split()) == len(word) for way in READINGS[word].split("/"))


@given(st.text(st.characters(categories=("L", "N")) | st.sampled_from("".join(READINGS)), max_size=30))
def test_any_text_has_a_syllable_per_character(text):
    assert {len(way) for way in spellings(text)} == {len(text)}
    assert all(syllable for way in spellings(text) for syllable in way)
    assert len(set(spellings(text))) == len(spellings(text)) <= 8
