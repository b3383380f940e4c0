# 每个页面共用的文字
language-name = 中文
service-name = 民生票决
skip-to-content = 跳到正文
nav-main = 主导航
nav-menu = 菜单
nav-verify = 核验
nav-record = 公开记录
sign-in = 登录
sign-out = 退出
text-large = 大字版
text-normal = 标准字号
footer-promise = 每一票都能核验；选择在代表的设备上加密，单张表决票不会被解密。
demo-banner = 演示环境：人物与数据均为虚构。
demo-banner-link = 切换演示账号
breadcrumbs = 当前位置
pagination = 翻页
previous-page = 上一页
next-page = 下一页
light-green = 正常推进
light-yellow = 进度偏慢
light-red = 严重滞后
light-blue = 已完成
timeline = 各阶段
timeline-now = （现在）
timeline-step = 第 { $step } 步 · { $stage }
short-day = { $month }月{ $day }日
day-of-year = { $year }年{ $day }
days-from = { $begins }起
days-on = { $begins }
days-from-to = { $begins }—{ $ends }
days-left = { $days ->
    [0] 今天截止
   *[other] 还剩 { $days } 天
}
optional = （选填）
choose = 请选择
form-has-errors = { $count ->
    [1] 有一处需要修改，已填写的内容均已保留：
   *[other] 有 { $count } 处需要修改，已填写的内容均已保留：
}
failure-title = 未能完成
failure-not-found = 没有找到
failure-forbidden = 无权办理
failure-conflict = 现在不能办理
failure-later = 暂时不能办理
failure-internal = 服务出现问题
to-cycle = 返回本年度页面
failure-reference = 请将编号 { $reference } 告知工作人员。
to-front-page = 返回首页

error-not-found = 没有这个页面，或您无权查看。
error-sign-in-first = 请先登录。
error-forbidden = 您的身份不能办理此事项。
error-factor-first = 办理此项须先设置第二步验证。请在“登录安全”中添加验证器应用或通行密钥。
error-prove-again = 此项操作需要再次确认是您本人。
prove-again = 确认身份
sign-in-held = 您刚才的操作已为您保留，登录后点一下即可继续。
sign-in-not-held = 登录已过期或尚未登录，内容较长，未能保留，请登录后重新填写。
proceed-without-file = 表单里选择的文件没有保留，继续后会请您重新选择。
proceed-with-factor = 您的身份需要设置第二验证方式后才能继续，请先在新窗口中设置，再回到本页：
prove-again-held = 您距上次确认身份已超过 { $fresh_minutes } 分钟。您填写的内容已保留，确认后点一下即可继续。
prove-again-not-held = 您距上次确认身份已超过 { $fresh_minutes } 分钟。内容较长，未能保留，确认后请重新填写。
proved-again = 已确认是您本人。
proceed-lead = 您刚才的操作尚未执行，请点击按钮继续。
proceed = 继续刚才的操作
error-too-many = 操作过于频繁，请稍后再试。
error-database-away = 系统繁忙，暂时连不上数据库，请稍后再试。如果刚才提交了内容，请先看看是否已经保存，再重复操作。
error-clock-behind = 系统时钟有误，暂时不能保存任何内容，您的操作没有生效。请运行维护人员校正时钟后再试。
error-second-history = 数据库与已公布的公开记录不一致，暂时不能保存任何内容，您的操作没有生效。请运行维护人员恢复最新的数据库。
error-internal = 系统出错，请稍后再试。如果刚才提交了内容，请先看看是否已经保存，再重复操作。
error-method-not-allowed = 此地址不支持这种操作。
error-unreadable = 提交的内容无法识别。
error-parameter-unknown = 地址中有无法识别的参数。
error-parameter-malformed = 地址中有一个参数的取值不正确。
error-parameter-repeated = 地址中有一个参数重复出现。
error-body-too-large = 提交的内容过大，没有被接收。请缩短文字，或换一个较小的文件，再提交一次。
error-too-large = 提交的内容过大。
error-required = 请填写此项。
error-too-short = 至少填写 { $limit } 个字。
error-too-long = 最多填写 { $limit } 个字。
error-control-characters = 含有不可见的控制字符，请删除。
error-not-a-number = 请填写整数。
error-not-an-option = 请从列出的选项中选择。
list-comma = 、
error-too-small = 不得小于 { $limit }。
error-too-large-number = 不得大于 { $limit }。
field-body = 提交内容
error-amount-in-yuan = 这里以万元为单位，请把元换算成万元后填写。
error-not-an-amount = 请填写金额（万元），最多两位小数。

# 公开清单的下载
export-as = 下载：
export-number = 编号
export-code = 编号
export-title = 名称
export-category-code = 类别代码
export-category = 类别
export-district = 乡镇（街道）
export-place = 地点
export-budget-wan = 投资（万元）
export-supporters = 支持人数
export-state = 进展
export-in-zone = { $heading }（{ $zone }）
export-budget-planned = 计划投资（万元）
export-percent-done = 实际进度（%）
export-percent-planned = 计划进度（%）
export-made-at = 提出时间
export-text = 内容
export-goal = 目标
export-poll = 票决事项
export-unanswered = 未表态
export-base = 计算基数
export-announced-on = 公布日期
export-responses = 居民评价人数
export-mean = 居民平均分（满分 { $most } 分）
export-rework-due = 二次办理期限
calendar-title = 期限日历
calendar-reached = 已于 { $day } 完成
calendar-late = 已逾期
calendar-rework = 二次办理期限
evaluation-advisory = { $body }的测评为咨询性质{ $confirmed_by ->
    [none] 。
   *[other] ，由{ $confirmed_by }确认。
}
export-rank = 得票排序
field-step = 步骤
field-side = 确认方
field-proposal = 建议
field-lang = 语言
field-text = 字号
field-confirm = 确认
field-version = 版本
list-separator = 、
labelled = { $label }：{ $text }
with-rule = { $name }（{ $rule }）
error-file-left-out = 登录期间文件没有保留，请重新选择；不需要的话直接再次提交。
sent-title = 您填写的内容
sent-lead = 以下内容没有保存，但没有丢失。需要时可以复制，再回到表单提交。
sent-again = 再次提交
sent-back = 返回表单
error-file-too-large = 文件过大，没有被接收。请换一个较小的文件再提交。
error-from-elsewhere = 这次提交不是从本系统的页面发出的，没有执行。请打开本系统的页面重新操作；如反复出现，请告知系统管理员检查代理服务器设置。
title-with-errors = 需要修改
error-changed-meanwhile = 您填写期间，他人已作修改，您的内容尚未保存。
changed-meanwhile-both = 您填写期间，他人已作修改。现行内容列在下方，您填写的内容保留在其后；核对后可再次保存。
what-you-filled-in = 您填写的内容
error-sent-otherwise = 这份表单此前已经提交过，内容与现在不同。改动后的内容尚未提交；再次提交将作为新的一条。
whole-province = 全省
whole-city = 全市
whole-county = 全县（区）
whole-town = 全镇（乡）
whole-street = 全街道
districts-and-more = { $shown }等 { $count } 个乡镇（街道）
amount = { $size ->
    [hundred-million] { $number } 亿元
    [ten-thousand] { $number } 万元
   *[one] { $number } 元
}
day = { $year }年{ $month }{ $day }日
month = { $year }年{ $month }
moment = { $day } { $time }（{ $zone }）
month-name = { $number }月
zone-beijing = 北京时间
lamp-strip = 各乡镇（街道）的项目亮灯
lamp-strip-all = 全部
lamp-strip-home = 我家
lamp-green = 正常
lamp-yellow = 偏慢
lamp-red = 严重滞后
lamp-blue = 完成
