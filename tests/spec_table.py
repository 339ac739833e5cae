"""Specifications and what a person reads in them: text, dosage form, what a unit holds and how many make a pack.

Read out as: content of a unit, "in" its fill, "also" the same in another unit, notes in brackets, doses, × units.
A mass with ? may be content or fill. The second table gives the code of why a text is not read.
"""

READ = """
0.25g | 胶囊剂 | 250mg?
0.25mg | 片剂(含片) | 0.25mg?
0.5mg | 片剂 | 0.5mg?
2.5mg | 片剂(含片) | 2.5mg?
47.5mg | 缓释片 | 47.5mg?
50μg | 片剂 | 0.05mg?
50µg | 片剂 | 0.05mg?
50ug | | 0.05mg?
250mcg | | 0.25mg?
250微克 | | 0.25mg?
100毫克 | | 100mg?
65克 | 软膏剂 | 65000mg?
1kg | | 1000000mg?
２５ｍｇ | | 25mg?
25㎎ | | 25mg?
0.25G | | 250mg?
0.25 g | | 250mg?
0.250g | | 250mg?
150ml | 溶液剂(外用) | in 150ml
150mL | | in 150ml
20毫升 | 灌肠剂 | in 20ml
1L | | in 1000ml
100万单位 | | 1000000U
80万U | | 800000U
400IU | | 400IU
1万国际单位 | | 10000IU
1.5亿CFU | | 150000000CFU
500单位 | | 500U
0.1% | | 0.1%
1:1000 | | 0.1%
1:5000 | | 0.02%
0.25g×24粒 | | 250mg? ×24粒
0.25g*24粒 | | 250mg? ×24粒
0.25g x 24粒 | | 250mg? ×24粒
0.25gX24粒 | | 250mg? ×24粒
0.25g＊24粒 | | 250mg? ×24粒
0.25g×24粒/盒 | | 250mg? ×24粒
0.25g*24s | | 250mg? ×24
0.25g*24'S | | 250mg? ×24
0.25g*24 | | 250mg? ×24
0.25g/粒×24粒 | | 250mg? ×24粒
0.25g/片*24片/盒 | | 250mg? ×24片
20mg*7片/板*2板/盒 | | 20mg? ×14片
20mg×7片/板×2板 | | 20mg? ×14片
20mg*7片*2板/盒 | | 20mg? ×14片
0.1g*10片*2板 | | 100mg? ×20片
0.1g×12粒×3板 | | 100mg? ×36粒
10mg×100片/瓶 | | 10mg? ×100片
9g×10丸 | | 9000mg? ×10丸
9g*10丸/盒 | | 9000mg? ×10丸
6g×10袋 | | 6000mg? ×10袋
10g/袋×9袋 | | 10000mg? ×9袋
5ml×10支 | | in 5ml ×10支
10ml/支*10支/盒 | | in 10ml ×10支
10ml*6支/盒 | | in 10ml ×6支
100ml/瓶 | | in 100ml of 瓶
100ml×1瓶 | | in 100ml ×1瓶
15g/支 | | 15000mg? of 支
0.5g/瓶 | | 500mg? of 瓶
10ml:0.1g | | 100mg in 10ml
5ml:5mg | 滴眼剂 | 5mg in 5ml
5ml:24.4mg | 滴眼剂 | 24.4mg in 5ml
5ml：24.4mg | 滴眼剂 | 24.4mg in 5ml
100ml:0.6g | 口服溶液剂 | 600mg in 100ml
100ml:2g | 口服混悬剂 | 2000mg in 100ml
3ml:300单位 | 注射剂 | 300U in 3ml
3ml:300IU(笔芯) | 注射剂 | 300IU in 3ml [笔芯]
0.4ml:4000AXaIU | 注射剂 | 4000AXaIU in 0.4ml
2ml:10mg*5支 | | 10mg in 2ml ×5支
2ml:0.1g×10支/盒 | | 100mg in 2ml ×10支
0.5mg/2ml | | 0.5mg in 2ml
2ml/0.5mg | | 0.5mg in 2ml
0.1g:10ml | | 100mg in 10ml
1g/100ml/瓶 | | 1000mg in 100ml of 瓶
1ml:5mg:2mg | | 5mg+2mg in 1ml
250ml:12.5g(5%) | | 12500mg in 250ml also 5%
100ml:0.9g(0.9%) | | 900mg in 100ml also 0.9%
250ml:5% | | 5% in 250ml
5ml(0.1%) | | 0.1% in 5ml
0.1%(5ml) | | 0.1% in 5ml
10g:1% | | 1% in 10000mg
10g:0.3g | 乳膏剂 | 300mg in 10000mg
10g:0.2g | 软膏剂 | 200mg in 10000mg
20g:10mg | 凝胶剂 | 10mg in 20000mg
15g/0.15g | 乳膏剂 | 150mg in 15000mg
10g:5万单位 | 眼膏剂 | 50000U in 10000mg
20mg:0.5g | | 20mg+500mg
5mg:10mg | 片剂 | 5mg+10mg
5mg:80mg | | 5mg+80mg
80mg:12.5mg | 片剂 | 80mg+12.5mg
80mg/12.5mg | 薄膜衣片 | 80mg+12.5mg
80mg+12.5mg | | 80mg+12.5mg
0.5g:0.5g | | 500mg+500mg
0.375g(0.25g:0.125g) | | 250mg+125mg
4.5g(4g:0.5g) | | 4000mg+500mg
80mg/12.5mg*7片 | 薄膜衣片 | 80mg+12.5mg ×7片
0.5g(50万单位) | | 500mg? also 500000U
0.1g(10万U)×12片 | | 100mg? also 100000U ×12片
50万单位(0.5g) | | 500000U also 500mg
0.25g(以阿莫西林计) | | 250mg? [以阿莫西林计]
0.25g(按C16H19N3O5S计) | | 250mg? [按C16H19N3O5S计]
0.25g（按头孢呋辛计）×12片 | | 250mg? [按头孢呋辛计] ×12片
每袋装10g | 颗粒剂 | in 10000mg of 袋
每袋装 10 克 | | in 10000mg of 袋
每袋装6g×9袋 | | in 6000mg ×9袋
每袋装10g(无糖型) | | in 10000mg [无糖型] of 袋
每袋装5g(无蔗糖) | | in 5000mg [无蔗糖] of 袋
每支装65克 | 乳膏剂 | in 65000mg of 支
每支装36克 | 乳膏剂 | in 36000mg of 支
每支装10ml | 口服液 | in 10ml of 支
每支10ml | 口服液 | in 10ml of 支
每瓶装200ml | 糖浆剂 | in 200ml of 瓶
每瓶装100毫升 | | in 100ml of 瓶
每片重0.35g | 片剂 | in 350mg of 片
每片重0.3g(相当于饮片1g) | | in 300mg also 1000mg饮片 of 片
薄膜衣片 每片重0.26g | | in 260mg [薄膜衣片] of 片
每片重0.25g(薄膜衣片) | | in 250mg [薄膜衣片] of 片
每片0.25g | | 250mg? of 片
每粒装0.35g | 胶囊剂 | in 350mg of 粒
每粒装0.35g×24粒 | 胶囊剂 | in 350mg ×24粒
每丸重9g | 大蜜丸 | in 9000mg of 丸
每丸重40mg | 滴丸剂 | in 40mg of 丸
每丸重27mg | 滴丸剂 | in 27mg of 丸
每10丸重1.5g | | in 150mg of 丸
每100丸重3g | | in 30mg of 丸
每8丸相当于饮片3g | 浓缩丸 | 375mg饮片 of 丸
每8丸相当于原生药3g | 浓缩丸 | 375mg原生药 of 丸
每8丸相当于饮片3g×200丸/瓶 | 浓缩丸 | 375mg饮片 ×200丸
每片含总黄酮醇苷9.6mg | 片剂 | 9.6mg总黄酮醇苷 of 片
每片含硫酸庆大霉素500单位 | 膜剂 | 500U硫酸庆大霉素 of 片
碘化铵1.5mg、薄荷油4.4mg | 片剂(含片) | 1.5mg碘化铵+4.4mg薄荷油
每片含氨氯地平5mg与缬沙坦80mg | | 5mg氨氯地平+80mg缬沙坦 of 片
缬沙坦80mg、氨氯地平5mg | | 5mg氨氯地平+80mg缬沙坦
100μg×200揿 | 气雾剂 | 0.1mg? 200 doses
100μg/揿×200揿 | 气雾剂 | 0.1mg? 200 doses
50μg×120喷 | 鼻喷剂 | 0.05mg? 120 doses
每瓶200揿，每揿含硫酸沙丁胺醇100μg | 气雾剂 | 0.1mg? 200 doses
每瓶200揿，每揿含50μg | 气雾剂 | 0.05mg? 200 doses
2ml:80mg(8万单位) | 注射剂 | 80mg in 2ml also 80000U
2ml:0.1g(10万IU)×10支 | 注射剂 | 100mg in 2ml also 100000IU ×10支
250ml:葡萄糖12.5g与氯化钠2.25g | 注射剂 | 2250mg氯化钠+12500mg葡萄糖 in 250ml
100ml:氯化钠0.9g | 注射剂 | 900mg氯化钠 in 100ml
1.2g(1g:0.2g) | 注射剂 | 1000mg+200mg
228.5mg(200mg:28.5mg) | 干混悬剂 | 200mg+28.5mg
457mg/5ml | | 457mg in 5ml
0.5g:0.5g | 注射剂 | 500mg+500mg
100μg×200揿×2瓶 | 气雾剂 | 0.1mg? 200 doses ×2瓶
"""

UNREAD = """
复方 | | spec_empty
无 | | spec_empty
24粒/盒 | | spec_empty
12片 | | spec_empty
薄膜衣片 | | spec_empty
7cm×10cm×6贴 | | spec_empty
0mg | | spec_unclear
5mg*10片/板*3板/小盒 | | spec_count
0.5g:20mg | | spec_ambiguous
80mg:12.5mg | | spec_ambiguous
80mg/12.5mg | | spec_ambiguous
10g:0.3g | | spec_ambiguous
10mg:10g | 乳膏剂 | spec_ambiguous
0.5g:50万单位 | | spec_ambiguous
0.125g:12.5万单位 | 片剂 | spec_ambiguous
0.5g(0.25g) | | spec_unclear
0.5g(0.25g:0.2g) | | spec_unclear
0.25g(5ml) | | spec_unclear
250ml:12.5g(10%) | | spec_unclear
0.25g（2号规格） | | spec_unclear
(1)0.25g(2)0.5g | | spec_several
（1）0.25g；（2）0.5g | | spec_several
0.25g;0.5g | | spec_several
0.2~0.3g | | spec_several
0.2-0.3g | | spec_several
0.25g或0.5g | | spec_several
0.25g、0.5g | | spec_unclear
约0.25g | | spec_unclear
大约0.25g | | spec_unclear
每日0.25g | | spec_unclear
净重10g | | spec_unclear
早片10mg、晚片20mg | | spec_unclear
20mg 7片 | | spec_unclear
1 000mg | | spec_unclear
1,000mg | | spec_unclear
0. 25g | | spec_unclear
5mg/ml | | spec_unclear
100IU/ml*3ml | | spec_unclear
每毫升含葡萄糖酸氯己定1.2mg和甲硝唑0.2mg | 溶液剂(外用) | spec_unclear
每毫升含葡萄酸氯己定1.2mg和甲硝唑0.2mg | 含漱液 | spec_unclear
每片(10cm2)含硫酸庆大霉素1000单位 | 膜剂 | spec_unclear
每片(10cm2)含硫酸庆大霉素500单位 | 膜剂 | spec_unclear
10mg×10ml | | spec_count
0.1g*10g | | spec_count
0.25g×12粒×2 | | spec_count
0.25g×12×2 | | spec_count
0.25g×24粒×2盒 | | spec_count
0.25g×2板×12片 | | spec_count
20mg*7片/板*2瓶 | | spec_count
0.25g/片×24粒 | | spec_count
0.25g×0粒 | | spec_count
10ml×6瓶/箱 | | spec_count
24粒×0.25g | | spec_unclear
0.25g/盒 | | spec_unclear
0.25g/20片 | | spec_unclear
100μg/揿 | | spec_count
0.25g×24粒(赠4粒) | | spec_unclear
10g:5mg:2mg | 乳膏剂 | spec_ambiguous
0.25gg | | spec_unclear
05mg | | spec_unclear
.5g | | spec_unclear
0.25g×024粒 | | spec_count
每片含维生素D3125国际单位 | 片剂 | spec_unclear
每片含钙600mg、维生素D3125国际单位 | 片剂 | spec_unclear
每片含钙600mg/维生素D3125国际单位 | 片剂 | spec_unclear
每片含维生素B1 10mg | 片剂 | spec_unclear
每片含维生素C100mg | 片剂 | spec_unclear
每瓶200揿，每揿含维生素D3125μg | | spec_unclear
碳酸钙1.5g/维生素D3125IU | 片剂 | spec_unclear
10mg:10g | | spec_ambiguous
50mg:1g | 颗粒剂 | spec_ambiguous
0.2285g(7:1) | | spec_unclear
80mg(2ml) | | spec_unclear
2ml:80mg(40mg) | | spec_unclear
10ml+5mg | | spec_unclear
5ml+5ml | | spec_unclear
5mg*7T | | spec_count
0.9%*250ml | | spec_count
每10ml相当于饮片5g | | spec_unclear
≥5亿CFU | | spec_unclear
20mmol | | spec_empty
0.25 | | spec_empty
"""


def rows(table: str) -> list[tuple[str, str, str]]:
    """Return text, form and reading of each line."""
    lines = (line.split("|") for line in table.strip().splitlines())
    return [(text.strip(), form.strip(), reading.strip()) for text, form, reading in lines]
