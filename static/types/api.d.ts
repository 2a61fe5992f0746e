/**
 * The shapes of the API. Written by `make api-types` from the OpenAPI document: do not edit.
 */

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AcceptedOut: {
            /** @constant */
            status: "accepted";
            batch_id: string;
            records_received: number;
            validation_status: string;
            estimated_processing_time: string;
            duplicate: boolean;
            href: string;
        };
        AccountChange: {
            name: string;
        };
        AccountOut: {
            slug: string;
            name: string;
            /** @enum {string} */
            plan: "basic" | "plus" | "pro";
            /** @enum {string} */
            role: "owner" | "admin" | "viewer";
            limits: {
                [key: string]: components["schemas"]["Limit"];
            };
        };
        AllowanceIn: {
            amount: string | number;
            vat_rate: string | number;
            vat_category?: ("S" | "Z" | "E" | "AE" | "K" | "G" | "O") | null;
            /** @default  */
            reason?: string;
        };
        AllowanceOut: {
            amount: string;
            vat_rate: string;
            vat_category: string;
            reason: string;
        };
        Asked: {
            /** @enum {string} */
            name: "orders_count" | "revenue_gross" | "revenue_net" | "vat" | "refunds" | "average_order" | "items" | "carts_created" | "active_carts" | "stock_low";
            /**
             * @default day
             * @enum {string}
             */
            bucket?: "hour" | "day";
            /** @default  */
            from?: string;
            /** @default  */
            to?: string;
        };
        BatchIn: {
            invoices: components["schemas"]["InvoiceIn"][];
        };
        BatchOut: {
            issued: number;
            refused: number;
            items: components["schemas"]["OutcomeOut"][];
        };
        BucketOut: {
            starts_at: string;
            currency: string;
            value: string | number | null;
            count: number;
            computed_at: string;
        };
        BucketsOut: {
            items: components["schemas"]["BucketOut"][];
        };
        CatalogueOut: {
            metrics: components["schemas"]["MetricOut"][];
        };
        CohortsOut: {
            cohorts: {
                [key: string]: unknown;
            }[];
            average: {
                [key: string]: unknown;
            }[];
            metadata: {
                [key: string]: unknown;
            };
        };
        ConditionOut: {
            name: string;
            since: string;
            subject: string;
            sentence: string;
        };
        ConnectIn: {
            shop?: string | null;
            base_url?: string | null;
            url?: string | null;
            consumer_key?: string | null;
            consumer_secret?: string | null;
        };
        ConnectOut: {
            redirect: string | null;
            status: string;
        };
        ConnectionOut: {
            type: string;
            /** @enum {string} */
            status: "active" | "error" | "revoked";
            error: string;
            scopes: string[];
            checked_at: string | null;
        };
        Contact: {
            /** @default  */
            name?: string;
            /** @default  */
            phone?: string;
            /** @default  */
            email?: string;
        };
        ContactIn: {
            /** @default  */
            name?: string;
            /** @default  */
            phone?: string;
            /** @default  */
            email?: string;
        };
        ContactOut: {
            name: string;
            phone: string;
            email: string;
        };
        CorrectionIn: {
            /** @enum {string} */
            act: "correct" | "accept" | "retry" | "set_aside";
            cells?: string[][] | null;
            /** @default  */
            text?: string;
        };
        CountsOut: {
            received: number;
            duplicates: number;
            rejected: number;
            late: number;
            missed: number;
            healed: number;
        };
        CreditNoteOut: {
            invoice_number: string;
            printed_number: string;
            invoice_date: string;
            currency: string;
            total_amount: string;
        };
        CurrencyOut: {
            currency: string;
            invoice_count: number;
            subtotal_amount: string;
            vat_amount: string;
            total_amount: string;
            average_amount: string;
        };
        /** @enum {string} */
        DecimalMark: "point" | "comma";
        DeliveriesOut: {
            items: components["schemas"]["WebhookDeliveryOut"][];
            next: string | null;
        };
        DeliveryIn: {
            date?: string | null;
            /** @default  */
            name?: string;
            /** @default  */
            street?: string;
            /** @default  */
            street2?: string;
            /** @default  */
            postcode?: string;
            /** @default  */
            city?: string;
            /** @default  */
            region?: string;
            /** @default  */
            country?: string;
        };
        DeliveryOut: {
            date: string | null;
            name: string;
            street: string;
            street2: string;
            postcode: string;
            city: string;
            region: string;
            country: string;
        };
        DeliveryReplayIn: {
            filter?: components["schemas"]["FilterIn"];
            /** @default false */
            dry_run?: boolean;
        };
        DeliveryReplayOut: {
            would?: components["schemas"]["WouldOut"] | null;
            replayed?: number | null;
        };
        DeliveryWithBodyOut: {
            id: number;
            topic: string;
            /** @enum {string} */
            state: "new" | "done" | "set_aside" | "quarantined" | "dead" | "orphan";
            rule: string | null;
            message: string;
            received_at: string;
            attempts: number;
            duplicates: number;
            order: string | null;
            size: number;
            next_at: string | null;
            body: string;
        };
        DetectedOut: {
            format: string | null;
            encoding: string;
            separator: string | null;
            decimal_mark: string | null;
            date_order: string | null;
            columns: string[];
            rows: number | null;
        };
        DisplayOut: {
            /** @enum {string} */
            mode: "every" | "latest";
            rate_per_second: number;
            backlog: number;
            announced_count: number;
            shown_count: number;
            skipped_count: number;
            last_seq: number;
            drain_eta_seconds: number;
        };
        DocumentOut: {
            invoice_day: string;
            payable_amount: string;
            allowances: components["schemas"]["AllowanceOut"][];
            charges: components["schemas"]["AllowanceOut"][];
            prepaid_amount: string;
            rounding_amount: string;
            payment: components["schemas"]["PaymentOut"] | null;
            delivery: components["schemas"]["DeliveryOut"] | null;
            buyer_reference: string;
            order_reference: string;
            preceding: components["schemas"]["PrecedingOut"][];
            profile: string;
            accept: string[];
            /** @default {} */
            terms?: {
                [key: string]: unknown;
            };
            id: number;
            invoice_number: string;
            invoice_date: string;
            seller_name: string;
            buyer_name: string;
            currency: string;
            vat_rate: string | null;
            subtotal: string;
            vat_amount: string;
            total_amount: string;
            /** @enum {string} */
            kind: "invoice" | "credit_note";
            printed_number: string;
            series: string;
            seller: components["schemas"]["PartyOut"];
            buyer: components["schemas"]["PartyOut"];
            due_date: string | null;
            lines: components["schemas"]["LineOut"][];
            vat_groups: components["schemas"]["VatGroupOut"][];
            corrects: string | null;
            credit_notes: components["schemas"]["CreditNoteOut"][];
            credited_amount: string;
            reason: string;
            note: string;
            source: string;
            external_id: string;
            /** @default [] */
            warnings?: components["schemas"]["FieldError"][];
            /** @default [] */
            erasures?: components["schemas"]["ErasureOut"][];
        };
        DriftOut: {
            source_id: string;
            data_type: string;
            field: string;
            records: number;
            first_at: string;
            last_at: string;
        };
        ElectronicAddress: {
            scheme: string;
            value: string;
        };
        ElectronicAddressIn: {
            scheme: string;
            value: string;
        };
        ElectronicAddressOut: {
            scheme: string;
            value: string;
        };
        ErasureOut: {
            /** @enum {string} */
            role: "seller" | "buyer";
            basis: string;
            erased_at: string;
        };
        EventOut: {
            at: string;
            /** @enum {string} */
            kind: "skip" | "replay" | "run" | "purge" | "process";
            text: string;
        };
        EventsOut: {
            items: components["schemas"]["EventOut"][];
        };
        ExampleOut: {
            key: string;
            message: string;
            batch_id: string;
            line: number;
        };
        ExplainOut: {
            metrics: {
                [key: string]: unknown;
            }[];
            buckets: number;
            documents: number;
            metadata: {
                [key: string]: unknown;
            };
        };
        ExportIn: {
            format: components["schemas"]["Format"];
            feed?: (string | ("demo" | "live") | unknown | unknown) | null;
            series?: string | null;
            q?: string | null;
            date_from?: string | null;
            date_to?: string | null;
            kind?: ("invoice" | "credit_note") | null;
            currency?: string | null;
            /** @default documents */
            rows?: components["schemas"]["Rows"];
            /** @default comma */
            separator?: components["schemas"]["Separator"];
            /** @default point */
            decimal_mark?: components["schemas"]["DecimalMark"];
            /** @default false */
            bom?: boolean;
        };
        ExportOut: {
            id: number;
            /** @enum {string} */
            state: "queued" | "running" | "done" | "failed" | "cancelled";
            format: components["schemas"]["Format"];
            href: string | null;
            bytes: number | null;
            sha256: string | null;
            error: string | null;
            created_at: string;
            started_at: string | null;
            ended_at: string | null;
        };
        FieldError: {
            field: string;
            message: string;
            rule?: string | null;
        };
        FiguresExportIn: {
            query: components["schemas"]["MetricsIn"];
            format: components["schemas"]["Format"];
            /**
             * @default metrics
             * @enum {string}
             */
            of?: "metrics" | "rows" | "cohorts" | "segments";
        };
        FiguresExportOut: {
            id: number;
            /** @enum {string} */
            state: "queued" | "running" | "done" | "failed" | "cancelled";
            format: components["schemas"]["Format"];
            href: string | null;
            rows: number | null;
            bytes: number | null;
            sha256: string | null;
            error: string | null;
            created_at: string;
            started_at: string | null;
            ended_at: string | null;
        };
        FilterIn: {
            state?: ("new" | "done" | "set_aside" | "quarantined" | "dead" | "orphan") | null;
            topic?: string | null;
            from?: string | null;
            to?: string | null;
            /** @default [] */
            ids?: number[];
        };
        /** @enum {string} */
        Format: "csv" | "jsonl" | "parquet";
        GapOut: {
            first: number;
            last: number;
        };
        GivenVatIn: {
            rate: string | number;
            category?: ("S" | "Z" | "E" | "AE" | "K" | "G" | "O") | null;
            amount: string | number;
        };
        HealthOut: {
            connection: components["schemas"]["ConnectionOut"];
            last_event_at: string | null;
            webhooks: components["schemas"]["CountsOut"];
            subscriptions: components["schemas"]["SubscriptionOut"][];
            token_expires_at: string | null;
            runs: components["schemas"]["SyncRunOut"][];
            quarantined: number;
        };
        HeldAmountOut: {
            currency: string;
            amount: string;
        };
        HeldFilterIn: {
            /** @default  */
            source_id?: string;
            data_type?: ("transactions" | "customers" | "products" | "suppliers" | "inventory" | "shipments" | "orders" | "sessions" | "marketing_spend" | "support_tickets") | null;
            /** @default  */
            rule?: string;
            /** @default [] */
            ids?: number[];
        };
        HeldOut: {
            id: number;
            source_id: string;
            data_type: string;
            key: string;
            batch_id: string;
            line: number;
            rule: string;
            severity: string;
            sentence: string;
            remedy: string;
            may_accept: boolean;
            waits_for: string | null;
            state: string;
            received_on: string;
            amount: components["schemas"]["HeldAmountOut"] | null;
            resolved_at: string | null;
            resolved_by: string | null;
        };
        HeldPageOut: {
            items: components["schemas"]["HeldOut"][];
            next: string | null;
        };
        HeldReplayIn: {
            filter?: components["schemas"]["HeldFilterIn"];
        };
        HeldReplayOut: {
            items: components["schemas"]["HeldOut"][];
            left: number;
        };
        HeldRowsOut: {
            id: number;
            key: string;
            line: number;
            rule: string;
            says: string;
            message: string;
            /** @enum {string} */
            state: "open" | "set_aside" | "issued" | "healed" | "replaced";
            may_accept: boolean;
            columns: string[];
            cells: string[][] | null;
            text: string;
            invoice_number: string;
        };
        HeldRowsPageOut: {
            items: components["schemas"]["HeldRowsOut"][];
            next: string | null;
        };
        HeldWithRecordOut: {
            id: number;
            source_id: string;
            data_type: string;
            key: string;
            batch_id: string;
            line: number;
            rule: string;
            severity: string;
            sentence: string;
            remedy: string;
            may_accept: boolean;
            waits_for: string | null;
            state: string;
            received_on: string;
            amount: components["schemas"]["HeldAmountOut"] | null;
            resolved_at: string | null;
            resolved_by: string | null;
            raw: string;
            corrected: string | null;
        };
        HistoryOut: {
            feed: string;
            items: components["schemas"]["SecondOut"][];
        };
        ImportIn: {
            /** @default  */
            format?: ("online-retail" | "invoices-csv" | "json" | "shopify" | "woocommerce" | "stripe" | "paypal" | "table" | "ubl" | "cii" | "facturx") | "";
            /** @default  */
            name?: string;
            /** @default  */
            series?: string;
            /** @default  */
            seller?: string;
            /** @default  */
            timezone?: string;
            /** @default  */
            vat_rate?: string;
            /** @default  */
            currency?: string;
            /** @default false */
            announce?: boolean;
            /** @default  */
            mapping?: string;
        };
        ImportOut: {
            id: number;
            /** @enum {string} */
            state: "queued" | "running" | "done" | "failed" | "cancelled";
            name: string;
            options: {
                [key: string]: unknown;
            };
            done_count: number;
            total_count: number | null;
            report: {
                [key: string]: unknown;
            } | null;
            error: string | null;
            created_at: string;
            started_at: string | null;
            ended_at: string | null;
        };
        IngestBatchOut: {
            batch_id: string;
            source_id: string;
            data_type: string;
            /** @enum {string} */
            status: "pending" | "processing" | "done" | "failed";
            received: number;
            processed: number;
            accepted: number;
            duplicates: number;
            held: {
                [key: string]: number;
            };
            rejected: {
                [key: string]: number;
            };
            warned: {
                [key: string]: number;
            };
            quality_score: number | null;
            seconds: number;
            error: string | null;
            received_at: string;
        };
        IngestBatchesOut: {
            items: components["schemas"]["IngestBatchOut"][];
            next: string | null;
        };
        InvitationIn: {
            email: string;
            /**
             * @default viewer
             * @enum {string}
             */
            role?: "owner" | "admin" | "viewer";
        };
        InvitationOut: {
            id: number;
            email: string;
            /** @enum {string} */
            role: "owner" | "admin" | "viewer";
            expires_at: string;
        };
        InvitationsOut: {
            items: components["schemas"]["InvitationOut"][];
        };
        InvoiceIn: {
            /** @default false */
            prices_include_vat?: boolean;
            vat?: components["schemas"]["GivenVatIn"][];
            allowances?: components["schemas"]["AllowanceIn"][];
            charges?: components["schemas"]["AllowanceIn"][];
            /** @default 0.00 */
            prepaid_amount?: string | number;
            /** @default 0.00 */
            rounding_amount?: string | number;
            payment?: components["schemas"]["PaymentIn"] | null;
            delivery?: components["schemas"]["DeliveryIn"] | null;
            /** @default  */
            buyer_reference?: string;
            /** @default  */
            order_reference?: string;
            preceding?: components["schemas"]["PrecedingIn"][];
            /**
             * @default
             * @enum {string}
             */
            profile?: "" | "en16931" | "peppol" | "xrechnung" | "facturx";
            accept?: ("future-date" | "before-newest" | "credit-differs" | "zero-total")[];
            terms?: {
                [key: string]: unknown;
            };
            /**
             * @default invoice
             * @enum {string}
             */
            kind?: "invoice" | "credit_note";
            series?: string | null;
            number?: string | null;
            invoice_date?: string | null;
            due_date?: string | null;
            currency?: string;
            seller: components["schemas"]["PartyIn"];
            buyer: components["schemas"]["PartyIn"];
            lines: components["schemas"]["LineIn"][];
            total_amount?: string | number | null;
            /** @default  */
            external_id?: string;
            corrects?: string | null;
            /** @default  */
            reason?: string;
            /** @default  */
            note?: string;
            /** @default false */
            e_invoice?: boolean;
        };
        InvoiceOut: {
            id: number;
            invoice_number: string;
            invoice_date: string;
            seller_name: string;
            buyer_name: string;
            currency: string;
            vat_rate: string | null;
            subtotal: string;
            vat_amount: string;
            total_amount: string;
            /** @enum {string} */
            kind: "invoice" | "credit_note";
            printed_number: string;
        };
        JobOut: {
            id: number;
            kind: string;
            store: string;
            /** @enum {string} */
            state: "queued" | "running" | "done" | "failed" | "cancelled";
            created_at: string;
            started_at: string | null;
            ended_at: string | null;
            done_count: number;
            total_count: number | null;
            report: {
                [key: string]: unknown;
            } | null;
            error: string | null;
        };
        JournalItem: {
            day: string;
            country: string;
            currency: string;
            vat_rate: string;
            vat_category: string;
            documents: number;
            net: string;
            vat: string;
            total: string;
        };
        JournalOut: {
            month: string;
            timezone: string;
            items: components["schemas"]["JournalItem"][];
        };
        LetterheadIn: {
            language?: ("en" | "de" | "fr" | "ar") | null;
            colour?: string | null;
            header?: string | null;
            footer?: string | null;
            payment_note?: string | null;
        };
        LetterheadOut: {
            /** @enum {string} */
            language: "en" | "de" | "fr" | "ar";
            colour: string;
            header: string;
            footer: string;
            payment_note: string;
            logo: string | null;
        };
        LevelOut: {
            sku: string;
            title: string;
            location: string;
            available: number | null;
            updated_at: string;
        };
        Limit: {
            limit: number | null;
            used: number;
        };
        LineAllowanceIn: {
            amount: string | number;
            /** @default  */
            reason?: string;
        };
        LineAllowanceOut: {
            amount: string;
            reason: string;
        };
        LineIn: {
            description: string;
            quantity: string | number;
            unit_price: string | number;
            vat_rate: string | number;
            /** @default  */
            product_code?: string;
            vat_category?: ("S" | "Z" | "E" | "AE" | "K" | "G" | "O") | null;
            /** @default  */
            exemption_reason?: string;
            allowances?: components["schemas"]["LineAllowanceIn"][];
        };
        LineOut: {
            position: number;
            description: string;
            product_code: string;
            quantity: string;
            unit_price: string;
            vat_rate: string;
            net: string;
            vat_category: string;
            exemption_reason: string;
            allowances: components["schemas"]["LineAllowanceOut"][];
        };
        MemberChange: {
            /** @enum {string} */
            role: "owner" | "admin" | "viewer";
        };
        MemberIn: {
            username: string;
            /**
             * @default viewer
             * @enum {string}
             */
            role?: "owner" | "admin" | "viewer";
        };
        MemberOut: {
            id: number;
            username: string;
            email: string;
            /** @enum {string} */
            role: "owner" | "admin" | "viewer";
            created_at: string;
        };
        MembersOut: {
            items: components["schemas"]["MemberOut"][];
        };
        MetricOut: {
            name: string;
            title: string;
            says: string;
            unit: string;
            additive: boolean;
            grains: string[];
            dimensions: string[];
            aliases: string[];
            over: string[] | null;
            has_documents: boolean;
        };
        MetricsIn: {
            metric_type?: string | string[] | null;
            metric?: string | string[] | null;
            time_range?: components["schemas"]["TimeRangeIn"] | null;
            granularity?: string | null;
            grain?: string | null;
            by?: string | string[] | null;
            currency?: string | null;
            convert?: string | null;
            tz?: string | null;
            compare?: string | null;
            week_start?: string | null;
            dated?: string | null;
            rate_policy?: string | null;
            from?: string | null;
            to?: string | null;
            start?: string | null;
            end?: string | null;
            product_category?: string | string[] | null;
            customer_segment?: string | string[] | null;
            /** @default {} */
            filters?: {
                [key: string]: string | string[] | null;
            };
        };
        MetricsOut: {
            data: {
                [key: string]: unknown;
            }[];
            totals: {
                [key: string]: unknown;
            }[];
            comparison: {
                [key: string]: unknown;
            } | null;
            metadata: {
                [key: string]: unknown;
            };
        };
        MissingField: {
            field: string;
            rule: string;
        };
        NameOut: {
            invoice_number: string;
            buyer_name: string;
        };
        NamesOut: {
            shown: boolean;
            items: components["schemas"]["NameOut"][];
        };
        NotificationOut: {
            id: number;
            /** @constant */
            kind: "email";
            recipient: string;
            subject: string;
            /** @enum {string} */
            state: "queued" | "sending" | "sent" | "dead";
            reason: string | null;
            attempts: number;
            size: number;
            created_at: string;
            next_at: string | null;
            ended_at: string | null;
        };
        NotificationsOut: {
            items: components["schemas"]["NotificationOut"][];
            next: string | null;
        };
        OrderAccountOut: {
            total: string;
            redeemed: string;
            refunded: string;
            worth: string;
            invoiced: string;
            credited: string;
            vouchers: string;
            tips: string;
            rounding: string;
            waiting: string;
            set_aside: string;
            quarantined: string;
            difference: string;
        };
        OrderDocumentOut: {
            kind: string;
            invoice_number: string;
            total_amount: string;
        };
        OrderLineOut: {
            description: string;
            quantity: string;
            net: string;
            vat_rate: string;
            kind: string;
            product_code: string;
        };
        OrderOut: {
            external_id: string;
            number: string;
            /** @enum {string} */
            state: "placed" | "open" | "completed" | "cancelled" | "rejected";
            /** @enum {string} */
            invoice_state: "waiting" | "invoiced" | "restated" | "set_aside" | "quarantined";
            rule: string | null;
            message: string;
            placed_at: string;
            currency: string;
            total: string;
            account: components["schemas"]["OrderAccountOut"];
            documents: components["schemas"]["OrderDocumentOut"][];
            lines: components["schemas"]["OrderLineOut"][];
        };
        OrdersOut: {
            items: components["schemas"]["OrderOut"][];
            next: string | null;
        };
        OutcomeOut: {
            status: number;
            invoice?: components["schemas"]["InvoiceOut"] | null;
            /** @default [] */
            warnings?: components["schemas"]["FieldError"][];
            problem?: components["schemas"]["Problem"] | null;
        };
        OutcomeStateOut: {
            /** @enum {string} */
            state: "running" | "done" | "unknown";
            status: number | null;
            href: string | null;
        };
        PaceIn: {
            /** @enum {string} */
            mode?: "every" | "latest";
            rate_per_second?: number;
        };
        PageOut: {
            items: components["schemas"]["InvoiceOut"][];
            next: string | null;
        };
        PartyIn: {
            name: string;
            /** @default  */
            street?: string;
            /** @default  */
            city?: string;
            /** @default  */
            postcode?: string;
            /** @default  */
            country?: string;
            /** @default  */
            vat_id?: string;
            /** @default  */
            email?: string;
            /** @default  */
            external_id?: string;
            /** @default  */
            street2?: string;
            /** @default  */
            region?: string;
            /** @default  */
            registration?: string;
            electronic_address?: components["schemas"]["ElectronicAddressIn"] | null;
            contact?: components["schemas"]["ContactIn"] | null;
        };
        PartyOut: {
            name: string;
            street: string;
            city: string;
            postcode: string;
            country: string;
            vat_id: string;
            email: string;
            external_id: string;
            street2: string;
            region: string;
            registration: string;
            electronic_address: components["schemas"]["ElectronicAddressOut"] | null;
            contact: components["schemas"]["ContactOut"] | null;
        };
        PaymentIn: {
            /** @default  */
            means_code?: string;
            /** @default  */
            reference?: string;
            /** @default  */
            terms?: string;
            /** @default  */
            iban?: string;
        };
        PaymentOut: {
            means_code: string;
            reference: string;
            terms: string;
            iban: string;
        };
        PendingOut: {
            /** @constant */
            state: "pending";
            detail: string;
        };
        PhraseOut: {
            text: string;
            at: string | null;
        };
        PrecedingIn: {
            number: string;
            date?: string | null;
        };
        PrecedingOut: {
            number: string;
            date: string | null;
        };
        PreviewOut: {
            detected: components["schemas"]["DetectedOut"];
            options: {
                [key: string]: unknown;
            };
            mapping: {
                [key: string]: unknown;
            } | null;
            mapping_from: string | null;
            needed: string[];
            documents: {
                [key: string]: unknown;
            }[];
            held: components["schemas"]["WouldBeHeldOut"][];
        };
        Problem: {
            type: string;
            title: string;
            status: number;
            detail: string;
            /** @default [] */
            errors?: components["schemas"]["FieldError"][];
            /** @default [] */
            missing?: components["schemas"]["MissingField"][];
            code?: string | null;
            services?: {
                [key: string]: "up" | "down";
            } | null;
        };
        ProcessOut: {
            name: string;
            /** @enum {string} */
            state: "up" | "down";
            pid: number | null;
            started_at: string | null;
            restarts: number | null;
            last_heartbeat_at: string | null;
            memory_bytes: number | null;
        };
        QualityDayOut: {
            day: string;
            received: number;
            accepted: number;
            duplicates: number;
            held: number;
            rejected: number;
            score_first: number | null;
            score_now: number | null;
            parts: {
                [key: string]: number | null;
            };
            held_amount: components["schemas"]["HeldAmountOut"][];
        };
        QualityOut: {
            items: components["schemas"]["QualityDayOut"][];
            drift: components["schemas"]["DriftOut"][];
        };
        QueueOut: {
            name: string;
            /** @enum {string} */
            kind: "display" | "celery";
            waiting: number | null;
            in_per_second: number | null;
            out_per_second: number | null;
            drain_eta_seconds: number | null;
        };
        QueuesOut: {
            items: components["schemas"]["QueueOut"][];
        };
        RecordRuleOut: {
            id: number;
            entity: string;
            pipe: string | null;
            kind: string;
            field: string;
            params: {
                [key: string]: unknown;
            };
            severity: string;
            effective_from: string;
            version: number;
        };
        RecordRulesOut: {
            items: components["schemas"]["RecordRuleOut"][];
        };
        ReplayIn: {
            from: string;
            to: string;
            /** @default 60 */
            speed?: number;
            /** @default live */
            feed?: string | ("demo" | "live") | unknown;
        };
        ReplayOut: {
            feed: string;
            source: string;
            from: string;
            to: string;
            speed: number;
            /** @enum {string} */
            state: "running" | "stopped" | "completed";
            clock: string;
            progress: number;
            started_at: string;
            ended_at: string | null;
        };
        ReplaysOut: {
            items: components["schemas"]["ReplayOut"][];
            last_days: {
                [key: string]: components["schemas"]["WindowOut"] | null;
            };
        };
        ResetIn: {
            /** @default false */
            purge?: boolean;
        };
        ResolveIn: {
            /** @enum {string} */
            action: "fix" | "accept" | "replay" | "set_aside";
            record?: {
                [key: string]: unknown;
            } | string | null;
        };
        /** @enum {string} */
        Rows: "documents" | "vat";
        RowsOut: {
            items: {
                [key: string]: unknown;
            }[];
            sums: {
                [key: string]: unknown;
            }[];
            next: string | null;
        };
        RuleChangeIn: {
            kind?: ("required" | "range" | "length" | "pattern" | "one_of" | "email" | "unique" | "exists_in" | "not_future" | "not_older_than" | "compare" | "sum_equals" | "row_count_between" | "freshness_within") | null;
            field?: string | null;
            params?: {
                [key: string]: unknown;
            } | null;
            severity?: ("reject" | "hold" | "warn") | null;
            pipe?: string | null;
            effective_from?: string | null;
        };
        RuleIn: {
            /** @enum {string} */
            entity: "transactions" | "customers" | "products" | "suppliers" | "inventory" | "shipments" | "orders" | "sessions" | "marketing_spend" | "support_tickets";
            /** @enum {string} */
            kind: "required" | "range" | "length" | "pattern" | "one_of" | "email" | "unique" | "exists_in" | "not_future" | "not_older_than" | "compare" | "sum_equals" | "row_count_between" | "freshness_within";
            /** @default  */
            field?: string;
            /** @default {} */
            params?: {
                [key: string]: unknown;
            };
            /**
             * @default hold
             * @enum {string}
             */
            severity?: "reject" | "hold" | "warn";
            /** @default  */
            pipe?: string;
            effective_from?: string | null;
        };
        RunOut: {
            id: number;
            /** @enum {string} */
            state: "running" | "stopping" | "stopped" | "completed";
            rate_per_second: number;
            duration_seconds: number;
            seed: number;
            target_count: number;
            issued_count: number;
            started_at: string;
            stopped_at: string | null;
            ends_at: string;
        };
        SecondOut: {
            at: string;
            issued: number;
            shown: number;
            backlog: number;
            invoice_count: number | null;
            total_amount: string | null;
            vat_amount: string | null;
        };
        SegmentsOut: {
            segments: {
                [key: string]: unknown;
            }[];
            segment_source: string;
            metadata: {
                [key: string]: unknown;
            };
        };
        Seller: {
            name: string;
            /** @default  */
            street?: string;
            /** @default  */
            city?: string;
            /** @default  */
            postcode?: string;
            /** @default  */
            country?: string;
            /** @default  */
            vat_id?: string;
            /** @default  */
            email?: string;
            /** @default  */
            external_id?: string;
            /** @default  */
            street2?: string;
            /** @default  */
            region?: string;
            /** @default  */
            registration?: string;
            electronic_address?: components["schemas"]["ElectronicAddress"] | null;
            contact?: components["schemas"]["Contact"] | null;
        };
        SellerFinding: {
            field: string;
            message: string;
            rule: string;
        };
        SellerFindings: {
            items: components["schemas"]["SellerFinding"][];
        };
        SellerToCheck: {
            /** @default  */
            name?: string;
            /** @default  */
            street?: string;
            /** @default  */
            city?: string;
            /** @default  */
            postcode?: string;
            /** @default  */
            country?: string;
            /** @default  */
            vat_id?: string;
            /** @default  */
            email?: string;
            /** @default  */
            external_id?: string;
            /** @default  */
            street2?: string;
            /** @default  */
            region?: string;
            /** @default  */
            registration?: string;
            electronic_address?: components["schemas"]["ElectronicAddressIn"] | null;
            contact?: components["schemas"]["ContactIn"] | null;
            /**
             * @default en16931
             * @enum {string}
             */
            profile?: "en16931" | "peppol" | "xrechnung" | "facturx";
        };
        /** @enum {string} */
        Separator: "comma" | "semicolon" | "tab";
        SeriesChange: {
            pattern?: string | null;
            start?: number | null;
            yearly?: boolean | null;
            timezone?: string | null;
            zero_totals?: boolean | null;
        };
        SeriesIn: {
            prefix: string;
            /**
             * @default internal
             * @enum {string}
             */
            kind?: "internal" | "external" | "test" | "purchase";
            /**
             * @default invoice
             * @enum {string}
             */
            document?: "invoice" | "credit_note";
            /** @default  */
            pattern?: string;
            /** @default 1 */
            start?: number;
            /** @default false */
            yearly?: boolean;
            /** @default  */
            timezone?: string;
            /** @default live */
            feed?: string;
            /** @default false */
            zero_totals?: boolean;
        };
        SeriesListOut: {
            items: components["schemas"]["SeriesOut"][];
        };
        SeriesOut: {
            prefix: string;
            /** @enum {string} */
            kind: "internal" | "external" | "test" | "purchase";
            /** @enum {string} */
            document: "invoice" | "credit_note";
            pattern: string;
            start: number;
            yearly: boolean;
            year: number | null;
            timezone: string;
            feed: string;
            zero_totals: boolean;
            issued: number;
            next_number: string | null;
            gaps: components["schemas"]["GapOut"][];
            opened_at: string;
        };
        ServicesOut: {
            /** @enum {string} */
            postgres: "up" | "down";
            /** @enum {string} */
            redis: "up" | "down";
        };
        StartIn: {
            rate_per_second?: number;
            duration_seconds?: number;
            seed?: number | null;
        };
        StatsOut: {
            currency: string;
            invoice_count: number;
            subtotal_amount: string;
            vat_amount: string;
            total_amount: string;
            average_amount: string;
            feed: string;
            currencies: components["schemas"]["CurrencyOut"][];
            as_of: string;
            /** @enum {string} */
            source: "cache" | "database";
        };
        StatusOut: {
            feed: string;
            /** @enum {string} */
            state: "idle" | "running" | "stopping" | "draining";
            run: components["schemas"]["RunOut"] | null;
            replay: components["schemas"]["ReplayOut"] | null;
            display: components["schemas"]["DisplayOut"];
            processes: components["schemas"]["ProcessOut"][];
            services: components["schemas"]["ServicesOut"];
            conditions: components["schemas"]["ConditionOut"][];
            store: components["schemas"]["StoreStateOut"] | null;
        };
        StockOut: {
            items: components["schemas"]["LevelOut"][];
            next: string | null;
        };
        StoreAccountOut: {
            total: string;
            redeemed: string;
            refunded: string;
            worth: string;
            invoiced: string;
            credited: string;
            vouchers: string;
            tips: string;
            rounding: string;
            waiting: string;
            set_aside: string;
            quarantined: string;
            difference: string;
            currency: string;
            orders: number;
        };
        StoreChange: {
            name?: string | null;
            timezone?: string | null;
            seller?: components["schemas"]["Seller"] | null;
            invoice_when?: ("paid" | "fulfilled") | null;
            letterhead?: components["schemas"]["LetterheadIn"] | null;
        };
        StoreIn: {
            name: string;
            /**
             * @default manual
             * @enum {string}
             */
            platform?: "shopify" | "woocommerce" | "shop" | "manual";
            currency: string;
            /** @default  */
            timezone?: string;
            seller?: components["schemas"]["Seller"] | null;
            /**
             * @default paid
             * @enum {string}
             */
            invoice_when?: "paid" | "fulfilled";
            /** @default  */
            prefix?: string;
        };
        StoreMetricOut: {
            name: string;
            value: string | number | null;
            currency: string;
        };
        StoreOut: {
            slug: string;
            name: string;
            account: string;
            /** @enum {string} */
            platform: "shopify" | "woocommerce" | "shop" | "manual";
            domain: string;
            /** @enum {string} */
            status: "connecting" | "active" | "paused" | "disconnected" | "erased";
            currency: string;
            timezone: string;
            feed: string;
            series: string;
            /** @enum {string} */
            invoice_when: "paid" | "fulfilled";
            intake_url: string | null;
            is_demo: boolean;
            /** @enum {string} */
            health: "ok" | "silent" | "late" | "error" | "connecting";
            seller: components["schemas"]["Seller"] | null;
            letterhead: components["schemas"]["LetterheadOut"];
        };
        StoreStateOut: {
            slug: string;
            name: string;
            platform: string;
            status: string;
            currency: string;
            timezone: string;
            is_demo: boolean;
            /** @enum {string} */
            health_state: "ok" | "silent" | "late" | "error" | "connecting";
            says: components["schemas"]["PhraseOut"][];
            orders: components["schemas"]["OrderOut"][];
            accounts: components["schemas"]["StoreAccountOut"][];
            order_counts: {
                [key: string]: number;
            };
            day: string | null;
            metrics: components["schemas"]["StoreMetricOut"][];
            active_carts: number | null;
            delivery_counts: {
                [key: string]: number;
            };
            health: {
                [key: string]: unknown;
            } | null;
        };
        StoresOut: {
            items: components["schemas"]["StoreOut"][];
        };
        SubscriptionOut: {
            topic: string;
            state: string;
        };
        SwitchIn: {
            shown: boolean;
        };
        SwitchOut: {
            shown: boolean;
        };
        SyncIn: {
            /**
             * @default poll
             * @enum {string}
             */
            kind?: "poll" | "history";
            from?: string | null;
        };
        SyncOut: {
            id: number;
            state: string;
            href: string;
        };
        SyncRunOut: {
            /** @enum {string} */
            kind: "poll" | "history" | "ids" | "webhooks" | "stock";
            /** @enum {string} */
            state: "done" | "failed";
            error: string;
            notice: string;
            started_at: string;
            ended_at: string;
            seen: number;
            added: number;
            healed: number;
            gone: number;
        };
        TimeRangeIn: {
            start: string;
            end: string;
        };
        TriedOut: {
            checked: number;
            would_hold: number;
            examples: components["schemas"]["ExampleOut"][];
        };
        VatGroupOut: {
            rate: string;
            category: string;
            net: string;
            vat: string;
            reason: string;
            vat_rate: string;
            vat_amount: string;
        };
        WebhookDeliveryOut: {
            id: number;
            topic: string;
            /** @enum {string} */
            state: "new" | "done" | "set_aside" | "quarantined" | "dead" | "orphan";
            rule: string | null;
            message: string;
            received_at: string;
            attempts: number;
            duplicates: number;
            order: string | null;
            size: number;
            next_at: string | null;
        };
        WindowOut: {
            from: string;
            to: string;
        };
        WouldBeHeldOut: {
            line: number;
            rule: string;
            message: string;
        };
        WouldOut: {
            nothing: number;
            update: number;
            issue: number;
            credit: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
