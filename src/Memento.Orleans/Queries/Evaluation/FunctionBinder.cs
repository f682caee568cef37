using Memento.Keys;

namespace Memento.Queries.Evaluation;

/// <summary>
/// Binds functions. The parts of a local time are the parts of its universal time, because it
/// compares as that: a part must not depend on the time zone of the machine.
/// </summary>
internal static class FunctionBinder
{
    public static BoundValue<TRecord> Bind<TRecord>(
        OperandBinder<TRecord> binder, FunctionOperand operand)
    {
        BoundValue<TRecord> argument = binder.Bind(operand.Argument);
        BoundValue<TRecord>? result = operand.Function == GuardFunction.Count
            ? CollectionBinder.Count(argument, operand)
            : BindScalar(argument, operand);
        ValueShape shape = argument.Shape;
        return result ?? throw new ArgumentException(
            $"{binder.Binder.Table}: {shape.Subject} of '{TypeName.Of(shape.DeclaredType)}' has no "
            + $"{operand.Function}.");
    }

    private static BoundValue<TRecord>? BindScalar<TRecord>(
        BoundValue<TRecord> argument, FunctionOperand operand)
    {
        GuardFunction function = operand.Function;
        if (argument is BoundValue<TRecord, string> text) return BindText(text, operand);

        if (function == GuardFunction.DayOfWeek)
            return Map(argument, operand, OfTime, OfInstant, OfDay);

        if (function == GuardFunction.Date)
        {
            return Map<TRecord, DateTime>(
                argument, operand, DateOfTime, DateOfInstant, ofDay: null);
        }

        return argument is BoundValue<TRecord, TimeOnly> clock
            ? Map(clock, operand, TimeParts.OfClock(function))
            : Map(
                argument,
                operand,
                TimeParts.OfTime(function),
                TimeParts.OfInstant(function),
                TimeParts.OfDay(function));
    }

    private static BoundValue<TRecord>? BindText<TRecord>(
        BoundValue<TRecord, string> text, FunctionOperand operand)
        => operand.Function switch
        {
            GuardFunction.Length => Map<TRecord, string, int>(
                text, operand, static found => found.Length),
            GuardFunction.ToLowerInvariant => Map<TRecord, string, string>(
                text, operand, static found => found.ToLowerInvariant()),
            GuardFunction.ToUpperInvariant => Map<TRecord, string, string>(
                text, operand, static found => found.ToUpperInvariant()),
            _ => null,
        };

    private static BoundValue<TRecord>? Map<TRecord, TResult>(
        BoundValue<TRecord> argument,
        FunctionOperand operand,
        Func<DateTime, TResult>? ofTime,
        Func<DateTimeOffset, TResult>? ofInstant,
        Func<DateOnly, TResult>? ofDay)
        => argument switch
        {
            BoundValue<TRecord, DateTime> time => Map(time, operand, ofTime),
            BoundValue<TRecord, DateTimeOffset> instant => Map(instant, operand, ofInstant),
            BoundValue<TRecord, DateOnly> day => Map(day, operand, ofDay),
            _ => null,
        };

    private static BoundValue<TRecord, TResult>? Map<TRecord, TValue, TResult>(
        BoundValue<TRecord, TValue> argument,
        FunctionOperand operand,
        Func<TValue, TResult>? function)
        => function is null ? null : new BoundValue<TRecord, TResult>(
            ValueShape.OfResult(operand, typeof(TResult)),
            (record, out value) =>
            {
                bool has = argument.TryGet(record, out TValue found);
                value = has ? function(found) : default!;
                return has;
            });

    private static DayOfWeek OfTime(DateTime time) => TimeParts.Universal(time).DayOfWeek;

    private static DayOfWeek OfInstant(DateTimeOffset instant) => instant.DayOfWeek;

    private static DayOfWeek OfDay(DateOnly day) => day.DayOfWeek;

    private static DateTime DateOfTime(DateTime time) => TimeParts.Universal(time).Date;

    private static DateTime DateOfInstant(DateTimeOffset instant) => instant.Date;
}
